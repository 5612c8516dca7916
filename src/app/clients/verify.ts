import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { checkFiles, judge, ownProgram, programsOf, renderJob, versionCommandsOf, versionIn } from '../../clients';
import type { Facts, FoundFile, JobOptions, Judgement, PullProgram, Trial, Upstream } from '../../clients';
import { compact } from '../../compact';
import type { Declaration } from '../../declaration/declaration';
import type { Diagnostic } from '../../diagnostic';
import { UsageError } from '../../errors';
import type { AppContext } from '../context';
import { controlOf } from '../conformance-target';
import { loadOrThrow, type PolicySource } from '../load';
import { secretsOf } from '../session';
import { readCa } from '../read-ca';
import { machineOverSsh, thisMachine, type Machine } from './machine';
import { renderClients, type RenderedClient } from './render';
import { tryImage, type Image, type Ways } from './trial';
import { imageNamed, waysOf } from './ways';

export type { Verdict } from '../../clients';

/** What a person knows and this machine cannot find out. */
export interface VerifyClientsOptions extends PolicySource {
  /** Names under `clients:`; empty: all of them. */
  readonly only: readonly string[];
  /** Ask the cache with the login of the robot. Without it only public projects can be verified. */
  readonly withSecrets: boolean;
  /** Images that only the cache has. */
  readonly canary: readonly string[];
  /** Images that the public registry has and the cache refuses. */
  readonly refused: readonly string[];
  /** Another machine, as `ssh` takes it. Absent: this one. */
  readonly ssh?: string;
  /** Where the files of the client are, instead of `/`. */
  readonly root?: string;
  /** Command that pulls, with `{}` in place of the image. */
  readonly pull?: string;
  /** URL of a registry by its name in image names: `docker.io=https://registry.example.com`. */
  readonly publicRegistry: readonly string[];
  /** PEM of the CA of `publicRegistry`. */
  readonly publicCa?: string;
}

/** The result for one client and one registry. */
export interface VerifiedClient extends Judgement {
  readonly client: string;
  readonly kind: string;
  readonly registry: string;
  readonly project: string;
  readonly profile: string;
  /** The program that pulled; absent if none could be run. */
  readonly program?: string;
  readonly canary?: Trial;
  readonly refused?: Trial;
  readonly findings: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

/** One entry for each client and registry. */
export interface Verification {
  readonly machine: string;
  readonly harborUrl: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly clients: readonly VerifiedClient[];
}

/**
 * Finds out which registry serves the clients of a machine: their files are checked by their own rules, the cache is
 * queried as they query it, and two images are pulled: one that only the cache has, and one that it refuses.
 * @throws DeclarationError, UsageError, SecretError
 */
export async function verifyClients(context: AppContext, options: VerifyClientsOptions): Promise<Verification> {
  if (options.ssh !== undefined && options.root !== undefined)
    throw new UsageError('--root is for files of this machine, and --ssh names another one');
  const startedAt = new Date();
  const declaration = await loadOrThrow(context, options);
  const rendered = await renderClients(context, options);
  const machine = options.ssh === undefined ? thisMachine(context, options.root) : machineOverSsh(context, options.ssh);
  const given = { canary: options.canary.map(imageNamed), refused: options.refused.map(imageNamed) };
  const registries = rendered.flatMap(({ input }) => input.upstreams.map((upstream) => upstream.registry));
  const stray = [...given.canary, ...given.refused].find((image) => !registries.includes(image.registry));
  if (stray)
    throw new UsageError(
      `no client pulls ${stray.reference} through the cache`,
      `registries of these clients: ${[...new Set(registries)].join(', ') || 'none'}`,
    );
  const publicCa = options.publicCa === undefined ? undefined : await readCa('--public-ca', options.publicCa);
  const clients: VerifiedClient[] = [];
  for (const one of rendered) {
    const found = await machine.read(readBy(one));
    const findings = checkFiles(one.client, found, await factsOf(one, machine, options));
    for (const upstream of one.input.upstreams) {
      context.emit({ type: 'notice', message: `${one.name}: pulling from ${upstream.registry} on ${machine.name}` });
      clients.push(
        await verifyOne({ context, options, publicCa, declaration, machine, one, found, findings, given }, upstream),
      );
    }
  }
  const harborUrl = rendered[0]?.input.harborUrl ?? declaration.harbor?.url ?? '';
  return { machine: machine.name, harborUrl, startedAt, durationMs: Date.now() - startedAt.getTime(), clients };
}

/** The Job of `--render-job`. @throws UsageError */
export function canaryJob({
  canary,
  nodes,
  namespace,
}: Omit<JobOptions, 'canary'> & { readonly canary: readonly string[] }): string {
  const [only, ...more] = canary;
  if (only === undefined || more.length > 0)
    throw new UsageError('--render-job pulls one image', 'pass --canary IMAGE, with the name that pods use');
  return renderJob({ canary: imageNamed(only).reference, nodes, namespace });
}

interface Work {
  readonly context: AppContext;
  readonly options: VerifyClientsOptions;
  readonly publicCa: string | undefined;
  readonly declaration: Declaration;
  readonly machine: Machine;
  readonly one: RenderedClient;
  readonly found: readonly FoundFile[];
  readonly findings: readonly Diagnostic[];
  readonly given: { readonly canary: readonly Image[]; readonly refused: readonly Image[] };
}

/** The canary image is removed from the upstream again, whatever happened. */
async function verifyOne(work: Work, upstream: Upstream): Promise<VerifiedClient> {
  const { options, publicCa, machine, one, found, findings, given } = work;
  const { registry, project } = upstream;
  const ways = waysOf(one, upstream, { publicRegistry: options.publicRegistry, publicCa });
  const program = await programOf(one, machine, options);
  const named = (images: readonly Image[]): Image | undefined => images.find((image) => image.registry === registry);
  const trial = async (image: Image | undefined): Promise<Trial | undefined> =>
    image && ways && program ? tryImage(machine, program, image, ways) : undefined;
  const published = named(given.canary) || !program ? undefined : await publishCanary(work, upstream);
  const image = named(given.canary) ?? published?.image;
  try {
    const canary = await trial(image);
    const refused = await trial(named(given.refused));
    const judgement = judge(
      compact({
        profile: one.input.profile,
        cacheHost: new URL(ways?.cacheUrl ?? one.input.harborUrl).host,
        findings: findings.filter((finding) => concerns(finding, registry, one)),
        hasFiles: found.length > 0,
        canary,
        noCanary: whyNot({ ways, program, one, hasImage: image !== undefined, problem: published?.problem }),
        refused,
      }),
    );
    return compact({
      ...judgement,
      notes: [...judgement.notes, ...(program?.note === undefined || !canary ? [] : [program.note])],
      client: one.name,
      kind: one.client.name,
      registry,
      project,
      profile: one.input.profile,
      program: canary || refused ? program?.name : undefined,
      canary,
      refused,
      findings,
      sources: new Map(found.flatMap(({ path, content }) => (content === undefined ? [] : [[path, content] as const]))),
    });
  } finally {
    await published?.remove?.();
  }
}

/** Where the files of this client are: `directory` may differ from the usual one. */
function readBy({ client, input }: RenderedClient): string[] {
  const { directory } = input.options;
  const { default: usual } = (client.options['directory'] ?? {}) as { default?: unknown };
  if (typeof directory !== 'string' || typeof usual !== 'string') return [...client.reads];
  return client.reads.map((pattern) => (pattern.startsWith(usual) ? directory + pattern.slice(usual.length) : pattern));
}

/** A finding in the file of another registry does not affect this one. */
function concerns({ at, path }: Diagnostic, registry: string, { input }: RenderedClient): boolean {
  const named = `${at?.file ?? ''} ${path ?? ''}`;
  const others = input.upstreams.map((one) => one.registry).filter((name) => name !== registry);
  return !others.some((name) => named.includes(`/${name}/`));
}

/** Why there is no canary trial, most basic reason first; undefined if there is one. */
function whyNot(known: {
  readonly ways: Ways | undefined;
  readonly program: PullProgram | undefined;
  readonly one: RenderedClient;
  readonly hasImage: boolean;
  readonly problem: string | undefined;
}): string | undefined {
  const { ways, program, one, hasImage, problem } = known;
  if (!program)
    return `this machine has no program that pulls like ${one.client.title}: pass --pull, or use --render-job`;
  if (!ways) return 'this client needs a mirror domain, and none is declared for the project';
  return hasImage ? undefined : (problem ?? 'no image is declared that only the cache has');
}

/**
 * The first program that is installed there: a client may have several. Undefined if none is, and then only the
 * files are judged.
 */
async function programOf(
  { client, input }: RenderedClient,
  machine: Machine,
  { pull, root = '' }: VerifyClientsOptions,
): Promise<PullProgram | undefined> {
  if (pull !== undefined) return ownProgram(pull);
  const { directory } = input.options;
  for (const program of programsOf(client.name, typeof directory === 'string' ? `${root}${directory}` : undefined)) {
    const { code } = await machine.run(['sh', '-c', 'command -v "$0" >/dev/null', program.pull[0]!]);
    if (code === 0) return program;
  }
  return undefined;
}

interface Published {
  readonly image?: Image;
  readonly problem?: string;
  readonly remove?: () => Promise<void>;
}

/** Publishes a new image at the project's canary, which no other registry has. */
async function publishCanary({ context, declaration }: Work, { registry, project }: Upstream): Promise<Published> {
  const declared = declaration.conformance.find((one) => one.project === project)?.canary;
  if (!declared) return {};
  const control = controlOf(declared, { declaration, secret: secretsOf(context, declaration) });
  const repository = 'breakwater/canary';
  const version = `verify-${randomBytes(6).toString('hex')}`;
  try {
    await control.publish(repository, version, randomBytes(4).readUInt32BE());
  } catch (error) {
    return { problem: `the canary did not accept the command: ${(error as Error).message}` };
  }
  const image = { registry, repository, version, reference: `${registry}/${repository}:${version}` };
  return { image, remove: () => control.removeTag(repository, version).catch(() => undefined) };
}

async function factsOf(
  { client, input }: RenderedClient,
  machine: Machine,
  { root }: VerifyClientsOptions,
): Promise<Facts> {
  const { harborUrl, upstreams, profile } = input;
  const hosts = [new URL(harborUrl).hostname, ...upstreams.flatMap(({ mirrors }) => mirrors.map(withoutPort))];
  const addresses = new Map<string, readonly string[]>();
  // Another machine may resolve a name to something else.
  for (const host of machine.isHere ? new Set(hosts) : []) {
    const found = await lookup(host, { all: true }).catch(() => undefined);
    if (found)
      addresses.set(
        host,
        found.map(({ address }) => address),
      );
  }
  // Files in another directory may belong to another machine.
  const version = root === undefined ? await versionOf(client.name, machine) : undefined;
  return compact({
    harborUrl,
    upstreams,
    profile,
    version,
    expectsLogin: input.robot !== undefined,
    isReadable: (path) => machine.isReadable(path),
    addressesOf: (host) => addresses.get(host),
  });
}

/**
 * The first command that tells a version wins. Undefined if none does: rules that depend on it say less then.
 */
async function versionOf(client: string, machine: Machine): Promise<string | undefined> {
  for (const command of versionCommandsOf(client)) {
    const { code, stdout } = await machine.run(command);
    const version = code === 0 ? versionIn(stdout) : undefined;
    if (version !== undefined) return version;
  }
  return undefined;
}

function withoutPort(domain: string): string {
  return new URL(`https://${domain}`).hostname;
}

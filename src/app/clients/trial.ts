import { compact } from '../../compact';
import { readManifest, RegistryClient, sha256Digest, type Credential, type WireOptions } from '../../oci';
import { NetworkError } from '../../errors';
import { PERSONAS, resolveAs } from '../../conformance/personas';
import { failureOf, identitiesIn, linesOfFailure, withReference } from '../../clients';
import type { CacheAnswer, PublicAnswer, Pull, PullProgram, Trial } from '../../clients';
import type { Machine } from './machine';

/** Where a client of one registry finds the cache, and which registry it would ask without it. */
export interface Ways {
  /** Scheme, host and port of Harbor, or of the mirror domain. */
  readonly cacheUrl: string;
  /** Prefix of a repository: `proxy.docker.io/`, or empty for a mirror domain. */
  readonly prefix: string;
  /** PEM of the CA of the cache. */
  readonly ca?: string;
  readonly credential?: Credential;
  /** Scheme, host and port of the public registry. */
  readonly publicUrl: string;
  readonly publicCa?: string;
  /** How the client sends requests. */
  readonly persona: string;
}

/** One image under the name that the client uses, taken apart. */
export interface Image {
  /** As it appears in image names. */
  readonly registry: string;
  readonly reference: string;
  readonly repository: string;
  /** Tag or digest. */
  readonly version: string;
}

/**
 * Pulls one image as the client does, and asks the cache and the public registry about it.
 * Three answers about one image decide who served it:
 *
 *     cache has it   public has it   client pulled it   which means
 *     yes            no              yes                the cache served it
 *     yes            no              no                 the cache was not asked, or refused this client
 *     no             yes             yes                the public registry served it
 */
export async function tryImage(machine: Machine, program: PullProgram, image: Image, ways: Ways): Promise<Trial> {
  const { reference } = image;
  const cache = await askCache(image, ways);
  const seen = await askPublic(image, ways);
  // A registry that cannot be reached from here may be reachable from another machine.
  const outside = seen.has === undefined ? { ...seen, isUnreachable: seen.isUnreachable && machine.isHere } : seen;
  return { reference, cache, public: outside, pull: await pullBy(machine, program, reference) };
}

const PATIENCE_MS = 30_000;

/** The client's requests in order: HEAD or GET by tag, the token with its scopes, GET by digest. */
async function askCache({ repository, version }: Image, ways: Ways): Promise<CacheAnswer> {
  const { cacheUrl: url, prefix, ca, credential, persona: named } = ways;
  const client = RegistryClient.open(compact({ url, ca, credential, headersTimeoutMs: PATIENCE_MS }));
  const persona = PERSONAS.find(({ name }) => name === named) ?? PERSONAS[0]!;
  const name = `${prefix}${repository}`;
  try {
    const asked = { name, reference: version, credential };
    const { problem, digest, status } = await resolveAs(persona, client, asked, wire());
    if (problem !== undefined) return compact({ serves: false as const, why: problem, isUnreachable: false, status });
    const identities = digest === undefined ? [] : await identitiesOf(client, name, version);
    if (typeof identities === 'string')
      return { serves: false, why: `its manifests could not be read: ${identities}`, isUnreachable: false };
    return { serves: true, identities, isAnonymous: credential === undefined };
  } catch (error) {
    return { serves: false, why: (error as Error).message, isUnreachable: error instanceof NetworkError };
  } finally {
    await client.close();
  }
}

/** Without a login: a client without the cache has none either. */
async function askPublic(
  { repository, version }: Image,
  { publicUrl: url, publicCa: ca }: Ways,
): Promise<PublicAnswer> {
  const client = RegistryClient.open(compact({ url, ca, headersTimeoutMs: PATIENCE_MS }));
  try {
    const { status } = await client.manifest('HEAD', repository, version, wire());
    // One GET: a public registry counts each of them as a pull.
    if (status === 200) {
      const identities = await identitiesOf(client, repository, version, 0);
      return typeof identities === 'string'
        ? { has: undefined, why: identities, isUnreachable: false }
        : { has: true, identities };
    }
    // Docker Hub returns 401 for a missing image and for a private one: neither can be pulled without a login.
    if (status === 404 || status === 401 || status === 403) return { has: false, denied: status !== 404 };
    return { has: undefined, why: `it returned ${status}`, isUnreachable: false };
  } catch (error) {
    return { has: undefined, why: (error as Error).message, isUnreachable: error instanceof NetworkError };
  } finally {
    await client.close();
  }
}

/**
 * Every digest of an image: its index, the manifests in it, and their configs, which some clients use as the name.
 * @returns why they are not known, if a manifest could not be read: an incomplete list would prove another image
 */
async function identitiesOf(
  client: RegistryClient,
  name: string,
  version: string,
  childrenRead = MAX_CHILDREN,
): Promise<string[] | string> {
  const answer = await client.manifest('GET', name, version, wire());
  if (answer.status !== 200 || answer.broken) return `GET of the manifest returned ${answer.status}`;
  const own = sha256Digest(answer.body);
  const manifest = readManifest(answer);
  if ('problem' in manifest) return [own];
  if (manifest.kind === 'image') return [own, manifest.config.digest];
  const inner = await Promise.all(
    manifest.children.slice(0, childrenRead).map(async ({ digest }) => {
      const child = await client.manifest('GET', name, digest, wire());
      if (child.status === 429 || child.status >= 500) return `GET of ${digest} returned ${child.status}`;
      const read = child.status === 200 ? readManifest(child) : { problem: '' };
      return 'problem' in read || read.kind === 'index' ? [digest] : [digest, read.config.digest];
    }),
  );
  const failure = inner.find((one) => typeof one === 'string');
  return failure ?? [own, ...manifest.children.map(({ digest }) => digest), ...inner.flat()];
}

const MAX_CHILDREN = 8;

/**
 * An image that already exists may not be requested, and may belong to someone: it is left alone and proves nothing. A
 * pulled image is removed again.
 */
export async function pullBy(machine: Machine, program: PullProgram, reference: string): Promise<Pull> {
  const show = async (): Promise<string> => {
    if (!program.show) return '';
    const { code, stdout } = await machine.run(withReference(program.show, reference));
    return code === 0 ? stdout : '';
  };
  if (identitiesIn(await show()).length > 0)
    return { pulled: false, kind: 'program', error: `${reference} is on this machine already: remove it first` };
  const input = program.input && withReference([program.input], reference)[0];
  const { code, stdout, stderr } = await machine.run(withReference(program.pull, reference), input);
  if (code !== 0) return failed(`${stderr}\n${stdout}`, code);
  const identities = identitiesIn(`${await show()}\n${stdout}`);
  if (program.remove) await machine.run(withReference(program.remove, reference));
  return { pulled: true, identities };
}

function failed(said: string, code: number): Pull {
  const error = linesOfFailure(said).slice(-3).join(' | ').slice(0, 600) || `exit code ${code}`;
  return { pulled: false, error, kind: code === 127 ? 'program' : failureOf(error) };
}

/** The request is not part of the report. */
function wire(): WireOptions {
  return { record: () => undefined };
}

import { UsageError } from '../../errors';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Argument } from 'commander';
import type { Declaration } from '../../declaration/declaration';
import {
  chooseKnown,
  nameOf,
  parseKnown,
  pingRegistries,
  pullProblem,
  type KnownArtifacts,
  type PullSource,
} from '../../app/examine';
import { RegistryClient } from '../../oci';
import type { Command, CommandContext } from '../command';
import { withHarbor, type Connection } from '../../app/session';
import { ExitCode } from '../exit-code';
import { pullSources, wireOf } from '../../app/examine/health';
import { loadOrThrow } from '../../app/load';
import { addDeclarationOptions, addFormatOption, atLeastOne, type DeclarationOptions } from '../options';

interface DrillOptions extends DeclarationOptions {
  readonly known: string;
  readonly count: number;
}

/** One thing that was to be proven. */
interface Proven {
  readonly what: string;
  readonly problem?: string;
}

interface Inside extends Connection {
  readonly registry: RegistryClient;
  readonly sources: readonly PullSource[];
}

const ACTIONS = { record, credentials, pulls } as const;

export const command: Command<DrillOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json')
      .addArgument(
        new Argument(
          '<action>',
          'record: note digests that the cache holds, before; credentials: have Harbor reach every registry with what it ' +
            'has stored; pulls: pull what was recorded while the upstreams are blocked',
        ).choices(Object.keys(ACTIONS)),
      )
      .option('--known <file>', 'what record writes and pulls reads', 'known.json')
      .option('--count <number>', 'digests to record', atLeastOne, 5)
      .addHelpText(
        'after',
        '\nThe proofs of a restore drill: docs/guides/restore-drill.md. Exits with 0 when all hold.',
      );
  },

  async run(context, options, [action]) {
    const declaration = await loadOrThrow(context, options);
    const proven = await withHarbor(context, declaration, options.policies, (connection) =>
      inside(declaration, options, connection, (world) =>
        ACTIONS[action as keyof typeof ACTIONS](context, options, world),
      ),
    );
    show(context, options.format, proven);
    return proven.every(({ problem }) => problem === undefined) ? ExitCode.ok : ExitCode.error;
  },
};

async function inside<T>(
  declaration: Declaration,
  { policies }: DrillOptions,
  connection: Connection,
  work: (world: Inside) => Promise<T>,
): Promise<T> {
  const { harbor, ca } = connection;
  const registry = RegistryClient.open({ url: harbor.url, ca });
  try {
    return await work({ ...connection, registry, sources: await pullSources(declaration, connection, policies) });
  } finally {
    await registry.close();
  }
}

/** @throws UsageError where the cache holds less than was asked for: a drill on nothing proves nothing */
async function record(
  { signal }: CommandContext,
  { known, count }: DrillOptions,
  { client, registry, sources, harbor }: Inside,
): Promise<readonly Proven[]> {
  const artifacts = await chooseKnown(client, registry, sources, count, wireOf(signal));
  if (artifacts.length < count)
    throw new UsageError(
      `only ${artifacts.length} of ${count} digests are in the cache, whole`,
      'pull something through it first (conform does), or ask for fewer: --count',
    );
  const written: KnownArtifacts = {
    schemaVersion: 1,
    harbor: harbor.url,
    recordedAt: new Date().toISOString(),
    artifacts,
  };
  await mkdir(dirname(known), { recursive: true });
  await writeFile(known, `${JSON.stringify(written, null, 2)}\n`);
  return artifacts.map((artifact) => ({ what: `recorded ${nameOf(artifact)}` }));
}

async function credentials(
  _context: CommandContext,
  _options: DrillOptions,
  { client }: Inside,
): Promise<readonly Proven[]> {
  const pings = await pingRegistries(client);
  if (pings.length === 0) return [{ what: 'registries', problem: 'Harbor knows none: nothing was restored' }];
  return pings.map(({ name, problem }) => ({
    what: `registry ${name}, with the stored credential`,
    ...(problem === undefined ? {} : { problem }),
  }));
}

/** With an upstream in reach a pull could come from there: then it is no proof, and that is said. */
async function pulls(
  { signal }: CommandContext,
  { known: file }: DrillOptions,
  { client, registry, sources }: Inside,
): Promise<readonly Proven[]> {
  const known = await readKnown(file);
  const reached = (await pingRegistries(client)).filter(({ problem }) => problem === undefined);
  const blocked: Proven[] = reached.map(({ name }) => ({
    what: `registry ${name} is blocked`,
    problem: 'Harbor still reaches it: pulls would prove nothing about the backup',
  }));
  if (blocked.length > 0) return blocked;
  const proven: Proven[] = [{ what: 'no registry can be reached' }];
  for (const artifact of known.artifacts) {
    const credential = sources.find(({ project }) => project === artifact.project)?.credential;
    const problem = await pullProblem(registry.as(credential), artifact, 'everything', wireOf(signal));
    proven.push({ what: `pulled ${nameOf(artifact)}`, ...(problem === undefined ? {} : { problem }) });
  }
  return proven;
}

/** @throws UsageError */
async function readKnown(file: string): Promise<KnownArtifacts> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const known = text === undefined ? undefined : parseKnown(text);
  if (known) return known;
  throw new UsageError(
    text === undefined ? `${file} cannot be read` : `${file} is not what \`breakwater drill record\` writes`,
    'it is written before the disaster, and kept beside the backup: --known',
  );
}

function show({ terminal }: CommandContext, format: string, proven: readonly Proven[]): void {
  if (format === 'json') terminal.out(`${JSON.stringify({ schemaVersion: 1, proven }, null, 2)}\n`);
  else
    for (const { what, problem } of proven)
      terminal.out(problem === undefined ? `ok     ${what}\n` : `FAILED ${what}: ${problem}\n`);
}

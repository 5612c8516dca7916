import { compact } from '../../compact';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../../errors';
import { RegistryClient } from '../../oci';
import type { AppContext } from '../context';
import { chooseKnown, parseKnown, type KnownArtifacts } from './known-artifacts';
import { pingRegistries } from './stored-credentials';
import { nameOf, pullProblem } from '../examine/pull';
import { loadOrThrow, type PolicySource } from '../load';
import { pullSources, wireOf, type PullSource } from '../examine/pull-sources';
import { withSession, type Session } from '../session';
import { readText } from '../text-file';
import { makeDirectory } from '../../make-directory';

/** For all three steps, although `credentials` needs neither. */
export interface DrillOptions extends PolicySource {
  /** File that `record` writes and `pulls` reads. */
  readonly known: string;
  /** Number of digests to record. */
  readonly count: number;
}

/** One result of the drill. */
export interface Proven {
  readonly what: string;
  readonly problem?: string;
}

interface Inside extends Session {
  readonly registry: RegistryClient;
  readonly sources: readonly PullSource[];
}

/** The steps of a restore drill. */
export const DRILL_ACTIONS = { record, credentials, pulls } as const;
/** In the order in which a drill uses them. */
export type DrillAction = keyof typeof DRILL_ACTIONS;

/** The use case behind `drill`. @throws UsageError */
export async function runDrill(
  context: AppContext,
  action: DrillAction,
  options: DrillOptions,
): Promise<readonly Proven[]> {
  const declaration = await loadOrThrow(context, options);
  return withSession(context, declaration, async (session) => {
    const registry = RegistryClient.open({ url: session.harbor.url, ca: session.ca });
    try {
      return await DRILL_ACTIONS[action]({ ...session, registry, ...(await pullSources(session)) }, options);
    } finally {
      await registry.close();
    }
  });
}

/** @throws UsageError if the cache contains fewer: a drill without artifacts proves nothing */
async function record(
  { client, registry, sources, harbor, context: { signal } }: Inside,
  { known, count }: DrillOptions,
): Promise<readonly Proven[]> {
  const { artifacts, problems } = await chooseKnown(client, registry, sources, count, wireOf(signal));
  if (artifacts.length < count)
    throw new UsageError(
      [`only ${artifacts.length} of ${count} digests are cached completely`, ...problems.slice(0, 3)].join('; '),
      'pull through Harbor first (conform does), or record fewer: --count',
    );
  const written: KnownArtifacts = {
    schemaVersion: 1,
    harbor: harbor.url,
    recordedAt: new Date().toISOString(),
    artifacts,
  };
  await makeDirectory(dirname(known));
  await writeFile(known, `${JSON.stringify(written, null, 2)}\n`);
  return artifacts.map((artifact) => ({ what: `recorded ${nameOf(artifact)}` }));
}

/** An empty list is a problem: a restored Harbor without registries has lost its database. */
async function credentials({ client }: Inside): Promise<readonly Proven[]> {
  const pings = await pingRegistries(client);
  if (pings.length === 0) return [{ what: 'registries', problem: 'Harbor has no registries: nothing was restored' }];
  return pings.map(({ name, problem }) => compact({ what: `registry ${name}, with the stored credential`, problem }));
}

/** If an upstream is reachable, a pull could be served from there and prove nothing: this is reported as a problem. */
async function pulls(
  { client, registry, sources, context: { signal } }: Inside,
  { known: file }: DrillOptions,
): Promise<readonly Proven[]> {
  const known = await readKnown(file);
  const open = (await pingRegistries(client)).filter(({ problem, isUnknown }) => problem === undefined || isUnknown);
  const blocked: Proven[] = open.map(({ name, problem }) => ({
    what: `registry ${name} is blocked`,
    problem:
      problem === undefined
        ? 'Harbor can still reach it, so pulls would not test the backup'
        : `whether Harbor can reach it is not known: ${problem}`,
  }));
  if (blocked.length > 0) return blocked;
  const proven: Proven[] = [{ what: 'no registry can be reached' }];
  for (const artifact of known.artifacts) {
    const credential = sources.find(({ project }) => project === artifact.project)?.credential;
    const problem = await pullProblem(registry.as(credential), artifact, 'everything', wireOf(signal));
    proven.push(compact({ what: `pulled ${nameOf(artifact)}`, problem: problem?.why }));
  }
  return proven;
}

/** @throws UsageError */
async function readKnown(file: string): Promise<KnownArtifacts> {
  const hint = 'record it before the disaster, keep it with the backup, and pass it with --known';
  const known = parseKnown(await readText(file, hint));
  if (known) return known;
  throw new UsageError(`${file} was not written by \`breakwater drill record\``, hint);
}

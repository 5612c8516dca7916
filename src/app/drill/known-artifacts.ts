import type { Client } from '../../harbor';
import type { RegistryClient, WireOptions } from '../../oci';
import { cachedArtifacts, type CachedArtifact } from '../examine/cached-artifacts';
import { nameOf, pullProblem } from '../examine/pull';
import type { PullSource } from '../examine/pull-sources';

/**
 * What a restored Harbor has to serve by itself. It is recorded before the disaster and kept with the backup, not
 * inside it.
 */
export interface KnownArtifacts {
  readonly schemaVersion: 1;
  readonly harbor: string;
  /** RFC 3339. */
  readonly recordedAt: string;
  readonly artifacts: readonly CachedArtifact[];
}

/** What can be recorded, and why it is not more. */
interface Chosen {
  readonly artifacts: readonly CachedArtifact[];
  readonly problems: readonly string[];
}

/** Up to `count` artifacts that can be pulled completely now, taken from the projects in turn. */
export async function chooseKnown(
  client: Client,
  registry: RegistryClient,
  sources: readonly PullSource[],
  count: number,
  wire: WireOptions,
): Promise<Chosen> {
  // A project is listed once for each robot of its clients: one is enough to find complete artifacts.
  const first = [...new Map([...sources].reverse().map((source) => [source.project, source])).values()].reverse();
  const offered = await Promise.all(
    first.map(async (source) => ({ source, ...(await cachedArtifacts(client, source.project, count)) })),
  );
  const problems = offered.flatMap(({ unread }) => (unread === undefined ? [] : [unread]));
  const chosen: CachedArtifact[] = [];
  for (const { source, artifact } of inTurn(offered)) {
    if (chosen.length >= count) break;
    const problem = await pullProblem(registry.as(source.credential), artifact, 'everything', wire);
    if (problem === undefined) chosen.push(artifact);
    else problems.push(`${nameOf(artifact)}: ${problem.why}`);
  }
  return { artifacts: chosen, problems };
}

/** The first of each project, then the second of each, so that one project does not fill the list. */
function inTurn(
  offered: readonly { readonly source: PullSource; readonly artifacts: readonly CachedArtifact[] }[],
): { source: PullSource; artifact: CachedArtifact }[] {
  const longest = Math.max(0, ...offered.map(({ artifacts }) => artifacts.length));
  return Array.from({ length: longest }, (_, turn) =>
    offered.flatMap(({ source, artifacts }) => {
      const artifact = artifacts[turn];
      return artifact ? [{ source, artifact }] : [];
    }),
  ).flat();
}

/** Undefined for a text that `drill record` did not write. */
export function parseKnown(text: string): KnownArtifacts | undefined {
  try {
    const told = JSON.parse(text) as Partial<KnownArtifacts> | null;
    const artifacts = told?.artifacts;
    if (told?.schemaVersion !== 1 || !Array.isArray(artifacts)) return undefined;
    return artifacts.length > 0 && artifacts.every(isArtifact) ? (told as KnownArtifacts) : undefined;
  } catch {
    return undefined;
  }
}

function isArtifact(one: unknown): boolean {
  const { project, repository, digest } = (one ?? {}) as Record<string, unknown>;
  return (
    [project, repository].every((name) => typeof name === 'string') && /^sha256:[0-9a-f]{64}$/.test(String(digest))
  );
}

import { compact } from '../../compact';
import { BreakwaterError } from '../../errors';
import { deadRobotCause, type AskedRobot } from '../../conformance';
import type { Client } from '../../harbor';
import { type Credential, readManifest, type RegistryClient, type WireOptions } from '../../oci';
import { cachedArtifacts, type CachedArtifact } from './cached-artifacts';
import { failed, fine, type Seen, warned } from './examination';

/** A manifest and its config, or all its layers, too. */
type Extent = 'config' | 'everything';

/** A project to pull from, and as whom. */
export interface PullSource {
  readonly project: string;
  /** Absent: an anonymous pull from a public project. */
  readonly credential?: Credential;
  /** Address of the declared robot that it is of. */
  readonly robot?: string;
}

export interface PullSources {
  readonly sources: readonly PullSource[];
  /** Of the API: tells why a robot is refused. */
  readonly api?: Credential;
}

/**
 * Pulls one manifest that Harbor has, by digest, and the config it names, once as each robot. `/health` said healthy
 * while every pull was answered 401: the registry had a new password, core still the old one. A robot is asked for a
 * token without a scope first: a public project serves a dead one as it serves everybody.
 */
export async function probePull(
  client: Client,
  registry: RegistryClient,
  { sources, api }: PullSources,
  wire: WireOptions,
): Promise<Seen> {
  const cached = new Map<string, CachedArtifact | undefined>();
  const pulls: string[] = [];
  const alive = new Set<string>();
  const tested = new Set<string>();
  for (const source of sources) {
    const who = source.credential?.username ?? 'an anonymous client';
    if (tested.has(who)) continue;
    const dead =
      source.robot === undefined || alive.has(who) ? undefined : await deadRobot(registry, source, api, wire);
    if (dead) return dead;
    alive.add(who);
    if (!cached.has(source.project)) cached.set(source.project, (await cachedArtifacts(client, source.project, 1))[0]);
    const artifact = cached.get(source.project);
    if (!artifact) continue;
    tested.add(who);
    const problem = await pullProblem(registry.as(source.credential), artifact, 'config', wire);
    if (problem !== undefined) return failed(`${nameOf(artifact)} cannot be pulled as ${who}: ${problem}`, REFUSED);
    pulls.push(`${nameOf(artifact)} was pulled as ${who}`);
  }
  if (pulls.length > 0) return fine(pulls.join('; '));
  return warned(
    'nothing is cached yet, so nothing could be pulled',
    'after the policies are applied, run breakwater conform',
  );
}

const REFUSED = 'if every pull returns 401, core and registry were not replaced together: apply the stack harbor again';

/** The cause that `conform` would name: expired, disabled, another secret. Waiting does not help. */
async function deadRobot(
  registry: RegistryClient,
  { project, credential, robot }: PullSource,
  api: Credential | undefined,
  wire: WireOptions,
): Promise<Seen | undefined> {
  if (!credential || robot === undefined) return undefined;
  const asked = compact<AskedRobot>({ project, robot: { ...credential, address: robot }, api });
  const cause = await deadRobotCause(registry, asked, wire);
  if (!cause) return undefined;
  const { words, whatToDo, command } = cause;
  return { ...failed(words, [whatToDo, command].filter((part) => part !== undefined).join(': ')), final: true };
}

/** Why this artifact cannot be pulled; undefined where it can. Bytes are hashed, not believed. */
export async function pullProblem(
  registry: RegistryClient,
  artifact: CachedArtifact,
  what: Extent,
  wire: WireOptions,
): Promise<string | undefined> {
  try {
    return await pulled(registry, artifact, what, wire);
  } catch (error) {
    if (error instanceof BreakwaterError) return error.message;
    throw error;
  }
}

async function pulled(
  registry: RegistryClient,
  { project, repository, digest }: CachedArtifact,
  what: Extent,
  wire: WireOptions,
): Promise<string | undefined> {
  const name = `${project}/${repository}`;
  const answer = await registry.manifest('GET', name, digest, wire);
  if (answer.status !== 200) return `Harbor returned ${answer.status} for the manifest`;
  if (answer.broken) return `the connection broke while reading the manifest: ${answer.broken.message}`;
  if (answer.digest !== digest) return `the manifest has ${answer.digest ?? 'no digest'}, expected ${digest}`;
  const manifest = readManifest(answer);
  if ('problem' in manifest) return `the manifest is ${manifest.problem}`;
  if (manifest.kind === 'index') return undefined;
  for (const descriptor of what === 'everything' ? [manifest.config, ...manifest.layers] : [manifest.config]) {
    const blob = await registry.blob(name, descriptor.digest, { limitBytes: descriptor.sizeBytes }, wire);
    if (blob.status !== 200) return `Harbor returned ${blob.status} for the blob ${descriptor.digest}`;
    if (blob.broken) return `the connection broke while reading the blob ${descriptor.digest}: ${blob.broken.message}`;
    if (blob.digest !== descriptor.digest)
      return `the blob ${descriptor.digest} was served with the digest ${blob.digest}`;
  }
  return undefined;
}

export function nameOf({ project, repository, digest }: CachedArtifact): string {
  return `${project}/${repository}@${digest.slice(0, 19)}…`;
}

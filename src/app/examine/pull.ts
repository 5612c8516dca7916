import { compact } from '../../compact';
import { BreakwaterError, HarborApiError } from '../../errors';
import {
  describePlain,
  errorCode,
  errorText,
  missingRightCause,
  raiseLimit,
  robotCause,
  type AskedRobot,
  type Cause,
} from '../../conformance';
import type { Client } from '../../harbor';
import {
  type Credential,
  header,
  isPageType,
  type ManifestAnswer,
  readManifest,
  type RegistryClient,
  type WireOptions,
} from '../../oci';
import { plural } from '../../plural';
import { cachedArtifacts, type Cached, type CachedArtifact } from './cached-artifacts';
import { mapBounded } from '../../map-bounded';
import { blamed } from './blame';
import { failed, fine, SEE_FRONT, type Seen, severalOf, warned } from './examination';
import type { PullSource, PullSources } from './pull-sources';

/** A manifest and its config, or also all its layers. */
type Extent = 'config' | 'everything';

/**
 * Pulls one manifest that Harbor has, by digest, and its config, once as each robot with a token. `/health` reports a
 * healthy Harbor even if every pull is refused with 401, because core still has an old password of the registry. Every
 * robot first requests a token without a scope, because a public project also serves a robot that no longer works.
 */
export async function probePull(
  client: Client,
  registry: RegistryClient,
  from: PullSources,
  wire: WireOptions,
): Promise<Seen> {
  const { sources, api } = from;
  const cached = new Map<string, Cached>();
  const pulls: string[] = [];
  const refusals: string[] = [];
  const { dead, soon } = await robotCauses(registry, from, wire);
  const refused = severalCauses('error', dead);
  // Waiting does not help.
  if (refused) return { ...refused, final: true };
  const barred = severalCauses('error', await missingRights(registry, from, wire));
  if (barred) return { ...barred, final: true };
  const tested = new Set<string>();
  for (const source of sources) {
    const who = source.credential?.username ?? 'an anonymous client';
    if (tested.has(who)) continue;
    if (!cached.has(source.project)) cached.set(source.project, await cachedArtifacts(client, source.project, 1));
    const artifact = cached.get(source.project)?.artifacts[0];
    if (!artifact) continue;
    const asked = askedOf(source, api);
    const puller = asked ? registry.onlyAs(asked.robot) : registry.as(source.credential);
    const problem = await pullProblem(puller, artifact, 'config', wire);
    if (problem?.byPolicy) {
      refusals.push(`${nameOf(artifact)} was not pulled as ${who}: ${problem.why}`);
      continue;
    }
    if (problem) return failed(`${nameOf(artifact)} cannot be pulled as ${who}: ${problem.why}`, hintOf(problem));
    tested.add(who);
    pulls.push(`${nameOf(artifact)} was pulled as ${who}`);
  }
  const asked = askedSeen(pulls, refusals, soon);
  if (asked) return asked;
  const closed = await registryProblem(registry, wire);
  if (closed !== undefined) return failed(`clients cannot pull: ${closed}`, CLOSED);
  const unread = [...cached.values()].find((one) => one.unread !== undefined);
  if (unread?.unread !== undefined)
    return warned(
      `what is cached could not be read, so nothing was pulled: ${unread.unread}`,
      unread.isRefused === true ? 'grant the robot repository: list and artifact: list, read' : SEE_FRONT,
    );
  return warned(
    'nothing is cached yet, so nothing could be pulled',
    'after the policies are applied, run breakwater conform',
  );
}

/** Undefined if no cached image was requested, and no robot expires soon. */
function askedSeen(pulls: readonly string[], refusals: readonly string[], soon: readonly Cause[]): Seen | undefined {
  const ending = severalCauses('warning', soon);
  if (ending) return { ...ending, details: [...(ending.details ?? []), ...pulls, ...refusals] };
  if (pulls.length > 0) return fine([...pulls, ...refusals].join('; '));
  return refusals.length > 0 ? { ...severalOf('warning', refusals, ''), hint: BY_POLICY } : undefined;
}

const REFUSED = 'if every pull returns 401, core and registry were not replaced together: apply the stack harbor again';

function hintOf({ status, isOfRegistry }: PullProblem): string | undefined {
  if (status === 401 && isOfRegistry !== false) return REFUSED;
  if (status === undefined || status >= 500 || isOfRegistry !== false) return undefined;
  return status === 429 ? raiseLimit('/v2/') : SEE_FRONT;
}

const BY_POLICY = 'whether other images can be pulled is not known: pull one that the policy accepts, and run it again';

const CLOSED = 'check the container registry, and that the proxy in front passes /v2/ and /service/ on to Harbor';

/** Why no client can pull from this Harbor, without an image: undefined if the registry responds. */
async function registryProblem(registry: RegistryClient, wire: WireOptions): Promise<string | undefined> {
  try {
    const answer = await registry.plain({ method: 'GET', path: '/v2/' }, wire);
    // A page, also one of a login, is not an answer of a registry.
    const isPage = isPageType(header(answer, 'content-type'));
    return !isPage && (answer.status === 200 || answer.status === 401)
      ? undefined
      : `GET /v2/ returned ${describePlain(answer)}`;
  } catch (error) {
    if (error instanceof BreakwaterError) return error.message;
    throw error;
  }
}

function askedOf({ project, credential, robot }: PullSource, api: Credential | undefined): AskedRobot | undefined {
  return credential && robot !== undefined
    ? compact<AskedRobot>({ project, robot: { ...credential, address: robot }, api })
    : undefined;
}

/** One cause with its action, and the messages of the others: a robot that pulls from many projects counts once. */
function severalCauses(outcome: 'warning' | 'error', causes: readonly Cause[]): Seen | undefined {
  const [first, ...others] = [...new Map(causes.map((cause) => [cause.words, cause])).values()];
  if (!first) return undefined;
  const details = others.length > 0 ? others.map(({ words }) => words) : undefined;
  return compact<Seen>({ ...blamed(outcome, first), details });
}

/** Whether every declared robot works, without a pull. */
export async function probeRobots(registry: RegistryClient, from: PullSources, wire: WireOptions): Promise<Seen> {
  const { dead, soon, robots } = await robotCauses(registry, from, wire);
  const barred = dead.length > 0 ? [] : await missingRights(registry, from, wire);
  const bad = severalCauses('error', [...dead, ...barred]) ?? severalCauses('warning', soon);
  if (bad) return bad;
  return fine(
    robots === 0
      ? 'no robot is declared that may pull, with a secret that is here'
      : `${plural(robots, 'robot')} can log in`,
  );
}

const AT_ONCE = 3;

/** The verdict of `conform` on each robot: not working, or about to expire. */
async function robotCauses(
  registry: RegistryClient,
  { sources, api }: PullSources,
  wire: WireOptions,
): Promise<{ readonly dead: readonly Cause[]; readonly soon: readonly Cause[]; readonly robots: number }> {
  const asked = new Map(
    sources.flatMap((source) => {
      const robot = askedOf(source, api);
      return robot ? [[robot.robot.username, robot] as const] : [];
    }),
  );
  const found = await mapBounded([...asked.values()], AT_ONCE, (robot) => robotCause(registry, robot, wire));
  const causes = found.filter((cause) => cause !== undefined);
  const isDead = ({ rank }: Cause): boolean => rank === 'outage';
  return { dead: causes.filter(isDead), soon: causes.filter((one) => !isDead(one)), robots: asked.size };
}

/** Does not have to exist: permissions are those of the project. */
const ANY_REPOSITORY = 'breakwater-probe/none';

/** Robots that work, and may not pull from a project from which they are declared to pull; also if nothing is cached. */
async function missingRights(
  registry: RegistryClient,
  { sources, api }: PullSources,
  wire: WireOptions,
): Promise<readonly Cause[]> {
  const found = await mapBounded(sources, AT_ONCE, async (source) => {
    const asked = askedOf(source, api);
    return asked && missingRightCause(registry, asked, `${source.project}/${ANY_REPOSITORY}`, wire);
  });
  return found.filter((cause) => cause !== undefined);
}

/** Why an artifact cannot be pulled. */
export interface PullProblem {
  readonly why: string;
  /** The policy of its project refuses it, as it should: nothing is wrong with Harbor. */
  readonly byPolicy?: true;
  /** Of the manifest, if it is an error. */
  readonly status?: number;
  /** That error has the form of a registry's. */
  readonly isOfRegistry?: boolean;
}

/** Undefined if it can be pulled. Every byte is hashed. */
export async function pullProblem(
  registry: RegistryClient,
  artifact: CachedArtifact,
  what: Extent,
  wire: WireOptions,
): Promise<PullProblem | undefined> {
  const { project, repository, digest } = artifact;
  try {
    // By digest, so that a proxy cache does not ask its upstream for the manifest.
    const answer = await registry.manifest('GET', `${project}/${repository}`, digest, wire);
    if (answer.status === 412 && errorCode(answer.body) === 'PROJECTPOLICYVIOLATION')
      return { why: `the policy of ${project} refuses it: ${errorText(answer.body)}`, byPolicy: true };
    if (answer.status !== 200) return refusal(answer);
    const why = await pulled(registry, artifact, answer, what, wire);
    return why === undefined ? undefined : { why };
  } catch (error) {
    if (error instanceof HarborApiError) return { why: error.message, status: error.status };
    if (error instanceof BreakwaterError) return { why: error.message };
    throw error;
  }
}

/** Who returned it is known only if the error has the form of a registry's: core itself returns 502 without a body. */
function refusal({ status, body }: ManifestAnswer): PullProblem {
  const isOfRegistry = errorCode(body) !== undefined;
  const who = isOfRegistry ? `Harbor returned ${status}` : `${status} was returned`;
  return { why: `${who} for the manifest`, status, isOfRegistry };
}

/** Undefined if all went well, otherwise what went wrong. */
async function pulled(
  registry: RegistryClient,
  { project, repository, digest }: CachedArtifact,
  answer: ManifestAnswer,
  what: Extent,
  wire: WireOptions,
): Promise<string | undefined> {
  const name = `${project}/${repository}`;
  if (answer.broken) return `the connection broke while reading the manifest: ${answer.broken.message}`;
  if (answer.digest !== digest) return `the manifest has ${answer.digest ?? 'no digest'}, expected ${digest}`;
  const manifest = readManifest(answer);
  if ('problem' in manifest) return `the manifest is ${manifest.problem}`;
  if (manifest.kind === 'index') return undefined;
  for (const descriptor of what === 'everything' ? [manifest.config, ...manifest.layers] : [manifest.config]) {
    const blob = await registry.blob(name, descriptor.digest, { limitBytes: descriptor.sizeBytes }, wire);
    if (blob.status !== 200) return `${blob.status} was returned for the blob ${descriptor.digest}`;
    if (blob.broken) return `the connection broke while reading the blob ${descriptor.digest}: ${blob.broken.message}`;
    if (blob.digest !== descriptor.digest)
      return `the blob ${descriptor.digest} was served with the digest ${blob.digest}`;
  }
  return undefined;
}

/** With a shortened digest, for messages. */
export function nameOf({ project, repository, digest }: CachedArtifact): string {
  return `${project}/${repository}@${digest.slice(0, 19)}…`;
}

import { compact } from '../../compact';
import {
  handshake,
  readTokenAccess,
  RegistryClient,
  type Credential,
  type Handshake,
  type TokenAnswer,
  type WireOptions,
} from '../../oci';
import { byRank } from '../cause/causes-of';
import { probe, withCauses } from '../cause/explain';
import type { Failure, Findings } from '../cause/findings';
import { Probes, quietly } from '../cause/probes';
import { applyRules } from '../cause/rule';
import { RULES } from '../cause/rules';
import { UpstreamProbes } from '../cause/upstream-probes';
import { judge } from '../checks/t1-certificate';
import { judgeRobot } from '../checks/x1-declared-state';
import { readProject, type RobotAnswer } from '../harbor-api';
import type { CheckContext, PullContext } from '../model/context';
import { problem, type Problem } from '../model/problem';
import type { Cause, CheckResult } from '../model/result';
import type { ConformanceTarget, ProjectTarget, PullCredential } from '../model/target';
import { pullerOf } from '../pull/puller';
import { isHarborsRefusal, refuser } from '../support/token-refusal';
import { knockedCause } from '../cause/front-door';

/* Causes for `health` and `doctor`: from the same probes and rules as in a run, in the same words. */

/** The problem that a check would have reported. */
function resultOf(one: Problem): CheckResult {
  const result = { id: 'health', title: '', status: 'fail', message: one.value ?? one.kind } as const;
  return { ...result, problems: [one], evidence: [], requests: [], startedAfterMs: 0, durationMs: 0 };
}

function failureOf(one: Problem): Failure {
  return { problem: one, result: resultOf(one) };
}

/** Outside of a run: Harbor's own pace, nothing that waits, and no version. */
function contextOf(target: ConformanceTarget, registry: RegistryClient, wire: WireOptions): CheckContext {
  return {
    target,
    wire,
    anonymous: registry,
    signal: wire.signal ?? new AbortController().signal,
    timing: { timeScale: 1, deep: false },
    waiting: () => undefined,
  };
}

/** The findings of check T1 about a certificate, as causes: the same thresholds for `health` and for a run. */
export function certificateCauses(host: string, shown: Handshake, now: number): readonly Cause[] {
  const { problems = [] } = judge(shown, now);
  return byRank(problems.flatMap((one) => applyRules(RULES, failureOf(one), { host, problems }) ?? []));
}

/** Why Harbor cannot be reached: its certificate, its name, the path to it, or the network of this machine. */
export async function unreachableCause(target: ConformanceTarget, wire: WireOptions): Promise<Cause | undefined> {
  const url = new URL(target.harborUrl);
  const options = { ca: target.ca, signal: wire.signal };
  const shown = url.protocol === 'https:' ? await quietly(() => handshake(url, options)) : undefined;
  const [certificate] = shown ? certificateCauses(url.host, shown, Date.now()) : [];
  if (certificate?.rank === 'outage') return certificate;
  const registry = RegistryClient.open(compact({ url: target.harborUrl, ca: target.ca }));
  try {
    return await knockedCause(contextOf(target, registry, wire), target.projects, new UpstreamProbes());
  } finally {
    await registry.close();
  }
}

/**
 * A proxy that responds instead of Harbor, or a Harbor that fails.
 * @param status 500 or above
 * @param isHarbors the error has Harbor's form
 */
export function unavailableCause(host: string, status: number, isHarbors: boolean): Cause | undefined {
  const found = problem('unavailable', isHarbors ? 'Harbor' : undefined, String(status));
  return applyRules(RULES, failureOf(found), { host, problems: [found] });
}

/** @param ill names of components that Harbor reports as unhealthy */
export function illCause(host: string, ill: readonly string[]): Cause | undefined {
  const cause = applyRules(RULES, failureOf(problem('not-stored')), { host, problems: [], harbor: { ill } });
  // The command of a run is `health` itself.
  const { command: _health, ...others } = cause ?? {};
  return cause && (others as Cause);
}

/** A robot as `health` and `doctor` test it. */
export interface AskedRobot {
  readonly project: string;
  readonly robot: PullCredential;
  /** Can read robots, to distinguish an expired one from a disabled one. */
  readonly api?: Credential;
}

/** Only what the rules about robots read: nothing of the declaration is known here but the robot. */
const bareProject = (name: string, robot: PullCredential): ProjectTarget => ({
  ...{ name, public: false, proxy: true, images: [], platforms: [] },
  ...{ robots: [robot], pullCredential: robot },
});

/** Why a robot does not work, or that it will stop working soon, as a run would report it. */
export async function robotCause(
  registry: RegistryClient,
  { project: name, robot, api }: AskedRobot,
  wire: WireOptions,
): Promise<Cause | undefined> {
  const answer = await registry.as(robot).token(undefined, undefined, wire);
  const { status } = answer;
  const target = compact<ConformanceTarget>({ harborUrl: registry.url.href, projects: [], apiCredential: api });
  const project = bareProject(name, robot);
  const context: PullContext = { ...contextOf(target, registry, wire), project, puller: registry };
  const live = robot.username.includes('+') ? await quietly(() => readProject(context, wire)) : undefined;
  const found = await new Probes().robot(context, robot, live?.state === 'present' ? live.id : undefined);
  const harbor = found?.harbor ?? { state: 'hidden' as const };
  const wrong = robotProblem(robot.username, answer, harbor);
  if (!wrong) return undefined;
  const robots = { [robot.username]: { status, harbor } };
  return applyRules(RULES, failureOf(wrong), { host: registry.url.host, project, robots, problems: [wrong] });
}

/**
 *      token request               problem
 *      200 with a token            none, or one of Harbor's record: it is about to expire
 *      401 of Harbor               dead-credential: its only refusal
 *      anything else               no-token, of Harbor or of the front door: whether the secret is right is not known
 */
function robotProblem(username: string, answer: TokenAnswer, harbor: RobotAnswer): Problem | undefined {
  const { status, token } = answer;
  if (status === 200 && token !== '') return judgeRobot(username, harbor, Date.now()).problem;
  if (status === 401 && isHarborsRefusal(answer)) return problem('dead-credential', username, String(status));
  return problem('no-token', refuser(answer), String(status));
}

/**
 * If a token of this robot does not allow pulls from a repository, although it may be public. A token of a
 * project that does not exist yet allows nothing.
 */
export async function missingRightCause(
  registry: RegistryClient,
  { project: name, robot, api }: AskedRobot,
  repository: string,
  wire: WireOptions,
): Promise<Cause | undefined> {
  const { status, token } = await registry.as(robot).token(undefined, `repository:${repository}:pull`, wire);
  const access = status === 200 ? readTokenAccess(token) : undefined;
  if (!access || access.some((one) => one.name === repository && one.actions.includes('pull'))) return undefined;
  const project = bareProject(name, robot);
  const target = compact<ConformanceTarget>({ harborUrl: registry.url.href, projects: [], apiCredential: api });
  const live = await quietly(() =>
    readProject({ ...contextOf(target, registry, wire), project, puller: registry }, wire),
  );
  if (live?.state === 'absent') return undefined;
  const wrong = problem('missing-right', robot.username, 'pull');
  const robots = { [robot.username]: { status, harbor: { state: 'hidden' as const } } };
  const findings: Findings = { host: registry.url.host, project, robots, problems: [wrong] };
  return applyRules(RULES, failureOf(wrong), findings);
}

/** Why Harbor does not reach the upstream of a project, checked from both sides; undefined if unknown. */
export async function registryCause(
  target: ConformanceTarget,
  project: ProjectTarget,
  wire: WireOptions,
): Promise<Cause | undefined> {
  const registry = RegistryClient.open(compact({ url: target.harborUrl, ca: target.ca }));
  try {
    const context = { ...contextOf(target, registry, wire), project, puller: pullerOf(registry, project) };
    const probes = new Probes();
    const harbor = await probes.harbor(context);
    const base: Findings = compact({ host: registry.url.host, problems: [], harbor });
    const result = resultOf(problem('registry-unhealthy'));
    const [probed = { result, failures: [] }] = await probe(context, [result], probes, base);
    return withCauses(probed, await probes.upstreams.reach()).cause;
  } finally {
    await registry.close();
  }
}

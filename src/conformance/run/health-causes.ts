import { compact } from '../../compact';
import type { Credential, Handshake, RegistryClient, WireOptions } from '../../oci';
import { byRank } from '../cause/causes-of';
import { Probes } from '../cause/probes';
import { applyRules } from '../cause/rule';
import { RULES } from '../cause/rules';
import type { Failure } from '../cause/findings';
import { judge } from '../checks/t1-certificate';
import { readProject } from '../harbor-api';
import type { PullContext } from '../model/context';
import { problem, type Problem } from '../model/problem';
import type { Cause } from '../model/result';
import type { ConformanceTarget, PullCredential } from '../model/target';

/** A problem that no check of a run has found, but the same question asked elsewhere. */
function failureOf(one: Problem): Failure {
  const result = { id: 'health', title: '', status: 'fail', message: one.value ?? one.kind } as const;
  return { problem: one, result: { ...result, evidence: [], requests: [], startedAfterMs: 0, durationMs: 0 } };
}

/** What check T1 finds wrong with a certificate, as causes: the same thresholds for `health` and for a run. */
export function certificateCauses(host: string, shown: Handshake, now: number): readonly Cause[] {
  const { problems = [] } = judge(shown, now);
  return byRank(problems.flatMap((one) => applyRules(RULES, failureOf(one), { host, problems }) ?? []));
}

/** A robot as it is asked for by `health`. */
export interface AskedRobot {
  readonly project: string;
  readonly robot: PullCredential;
  /** May read robots: tells an expired one from a disabled one. */
  readonly api?: Credential;
}

/** Why the token service refuses a robot, as a run would say it; undefined where it does not refuse it. */
export async function deadRobotCause(
  registry: RegistryClient,
  { project: name, robot, api }: AskedRobot,
  wire: WireOptions,
): Promise<Cause | undefined> {
  const { status } = await registry.as(robot).token(undefined, undefined, wire);
  if (status !== 401 && status !== 403) return undefined;
  const project = { name, public: false, proxy: true, images: [], platforms: [], robots: [robot] };
  const context: PullContext = {
    target: compact<ConformanceTarget>({ harborUrl: registry.url.href, projects: [], apiCredential: api }),
    ...{ project, wire, puller: registry, anonymous: registry },
    signal: wire.signal ?? new AbortController().signal,
    timing: { timeScale: 1, deep: false },
    waiting: () => undefined,
  };
  const live = robot.username.includes('+') ? await readProject(context, wire).catch(() => undefined) : undefined;
  const id = live?.state === 'present' ? live.id : undefined;
  const found = await new Probes().robot(context, robot, id);
  const dead = problem('dead-credential', robot.username, String(status));
  const robots = { [robot.username]: found ?? { status, harbor: { state: 'hidden' as const } } };
  return applyRules(RULES, failureOf(dead), { host: registry.url.host, project, robots, problems: [dead] });
}

import { askOrigin } from '../support/ask-origin';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { counted, dayOf, sizeOf } from '../answer-words';
import { mapBounded } from '../../map-bounded';
import { problem, type Problem } from '../model/problem';
import { robotsOf, type PullCredential } from '../model/target';
import {
  readProject,
  readQuota,
  readRegistry,
  readRobot,
  unreadOutcome,
  type RobotAnswer,
  type Unread,
} from '../harbor-api';
import { evidence, fail, failOn, skip, type Evidence, type Outcome } from '../model/outcome';
import type { ProjectTarget } from '../model/target';
import { differenceWords, registryDrift } from '../support/registry-drift';
import { waitOutUnhealthy } from '../support/upstream-status';

/**
 * The settings that a pull depends on, each as a finding of its own. What Harbor does not show to this identity is
 * skipped, never assumed.
 */
export const check: ProjectCheck = {
  id: 'X1',
  title: 'Harbor is as declared and its upstream answers',
  proves:
    'Visibility, policy, quota, limits and the registry are as declared, Harbor reports the upstream as healthy, the ' +
    'upstream accepts the declared login, and the pull robot does not expire within a week.',
  why: 'Harbor reports an upstream that refuses its login as healthy, and silently drops settings (goharbor/harbor#14953, #21673).',
  limits:
    'Compares settings that pulls depend on; breakwater drift compares everything. The login is tried from this machine.',
  upstreamCost: '1 HEAD by this machine',
  phase: 'serving',
  scope: 'project',
  run,
};

const DAY_S = 24 * 3600;
/** Days before a robot expires from which on it is a failure. A week is enough to renew it. */
const FAIL_DAYS = 7;
/** Days before a robot expires from which on it is a warning; the check still passes. */
const WARN_DAYS = 30;

/** One part of the declaration: its problems, and what was seen. */
interface Finding {
  readonly wrong?: string;
  readonly problem?: Problem;
  readonly warning?: string;
  readonly shown?: Evidence;
}

/**
 *      what is read of Harbor                       verdict
 *      differs from the declaration                 fail
 *      the project is hidden from this identity     skip
 *      a part is hidden                             not compared
 *      a part, but a proxy or a failure answered    error, if nothing differs
 */
async function run(found: ProjectContext): Promise<Outcome> {
  const missed: Unread[] = [];
  const context = { ...found, noteUnread: (one: Unread): void => void missed.push(one) };
  const unknown = (): Outcome | undefined =>
    missed[0] && unreadOutcome('whether Harbor is as declared is not known', missed[0]);
  const answer = await readProject(context, context.wire);
  if (answer.state === 'hidden') return unknown() ?? skip(`Harbor does not show it: ${answer.why}`);
  if (answer.state === 'absent')
    return fail(`Harbor has no project ${context.project.name}: ${answer.why}`, [], [problem('project-missing')]);
  const findings = [
    ...settingsOf(context.project, answer.metadata),
    await quotaOf(context),
    ...(await registryOf(context)),
    await loginOf(context),
    ...(await mapBounded(robotsOf(context.project), 3, (robot) => robotOf(context, robot, answer.id, Date.now()))),
  ];
  const wrong = findings.flatMap((finding) => finding.wrong ?? []);
  const warnings = findings.flatMap(({ warning }) => (warning === undefined ? [] : [`warning: ${warning}`]));
  const shown = findings.flatMap((finding) => finding.shown ?? []);
  const problems = findings.flatMap((finding) => finding.problem ?? []);
  const unread = wrong.length === 0 ? unknown() : undefined;
  if (unread) return unread;
  return failOn(wrong, [...warnings, 'as declared'].join('; '), shown, problems);
}

/** Harbor stores every setting as a text, and omits those that were never set. */
function settingsOf(project: ProjectTarget, metadata: Readonly<Record<string, string>>): Finding[] {
  const { preventVulnerable, severity, autoScan, localOnNotFound, maxUpstreamConnections, repositoryFilter } = project;
  const declared: Readonly<Record<string, string | undefined>> = {
    public: String(project.public),
    prevent_vul: preventVulnerable === undefined ? undefined : String(preventVulnerable),
    severity,
    auto_scan: autoScan === undefined ? undefined : String(autoScan),
    // Undeclared values count as false elsewhere, and are not managed here.
    proxy_cache_local_on_not_found: localOnNotFound === true ? 'true' : undefined,
    max_upstream_conn: maxUpstreamConnections === undefined ? undefined : String(maxUpstreamConnections),
    proxy_cache_filter_pattern: repositoryFilter?.pattern,
  };
  return Object.entries(declared).flatMap(([key, wanted]): Finding[] => {
    const found = metadata[key];
    if (wanted === undefined || found === wanted || (found === undefined && wanted === 'false')) return [];
    return [
      { wrong: `${key} is ${found ?? 'not set'}, declared ${wanted}`, problem: settingProblem(key, found, wanted) },
    ];
  });
}

function settingProblem(key: string, found: string | undefined, wanted: string): Problem {
  if (key === 'public') return problem(wanted === 'true' ? 'anonymous-refused' : 'anonymous-pull');
  return problem('setting', key, `${found ?? 'not set'}, declared ${wanted}`);
}

async function quotaOf(context: ProjectContext): Promise<Finding> {
  const { quotaBytes } = context.project;
  const quota = await readQuota(context, context.wire);
  if (!quota) return {};
  const shown = evidence('quota', limitOf(quota.hardBytes));
  if (quotaBytes === undefined || quota.hardBytes === quotaBytes) return { shown };
  const words = `${limitOf(quota.hardBytes)}, declared ${limitOf(quotaBytes)}`;
  return { wrong: `storage_limit is ${words}`, problem: problem('quota-differs', 'storage_limit', words), shown };
}

function limitOf(bytes: number): string {
  return bytes < 0 ? 'unlimited' : sizeOf(bytes);
}

async function registryOf(context: ProjectContext): Promise<Finding[]> {
  if (!context.project.proxy) return [];
  // Harbor may just have noticed an upstream that was told to misbehave.
  if (context.project.upstream) await waitOutUnhealthy(context);
  const live = await readRegistry(context, context.wire);
  if (!live) return [];
  const differs = registryDrift(context.project, live).map((one): Finding => ({
    wrong: `registry ${context.project.registry ?? ''}: ${differenceWords(one)}`,
    problem: problem('registry-differs', one.field, differenceWords(one)),
  }));
  const { status } = live;
  if (status === undefined) return differs;
  const shown = evidence('upstream in Harbor', status);
  if (status === 'healthy') return [...differs, { shown }];
  const unhealthy = problem('registry-unhealthy', undefined, status);
  return [...differs, { wrong: `Harbor reports the upstream as ${status}`, problem: unhealthy, shown }];
}

/** Harbor checks that a server responds, not that its login works. */
async function loginOf(context: ProjectContext): Promise<Finding> {
  const { origin } = context.project;
  const asked = await askOrigin(context);
  if (!origin || !asked) return {};
  const { host } = new URL(origin.url);
  if (asked.state === 'unreachable') return { shown: evidence(`${host} from here`, asked.why) };
  const { status, login, isPage } = asked;
  const shown = evidence(`${host} from here`, status);
  // A page is one of a proxy or firewall on the way, and a login that could not be tried is not refused.
  if ((status !== 401 && status !== 403) || isPage === true) return { shown };
  if (origin.credential && ![200, 401, 403].includes(login ?? 0)) return { shown };
  const refuses = login === 200 ? 'does not let the declared account read the image' : 'refuses the declared login';
  const who = origin.credential ? refuses : 'requires a login, but none is declared';
  const kind = origin.credential ? 'login-refused' : 'login-wanted';
  return { wrong: `${host} ${who} (${status})`, problem: problem(kind, host, String(status)), shown };
}

async function robotOf(
  context: ProjectContext,
  { username }: PullCredential,
  projectId: number,
  now: number,
): Promise<Finding> {
  const ofProject = username.includes('+') ? projectId : undefined;
  return judgeRobot(username, await readRobot(context, username, ofProject, context.wire), now);
}

/** @param now milliseconds since 1970 */
export function judgeRobot(username: string, robot: RobotAnswer, now: number): Finding {
  if (robot.state !== 'present') return {};
  const { expiresAt, isDisabled } = robot;
  if (isDisabled) return { wrong: `${username} is disabled`, problem: problem('robot-disabled', username) };
  if (expiresAt < 0) return { shown: evidence(username, 'never expires') };
  const until = dayOf(expiresAt * 1000);
  const shown = evidence(username, `expires ${until}`);
  const days = Math.floor((expiresAt - now / 1000) / DAY_S);
  if (expiresAt <= now / 1000)
    return { wrong: `${username} expired on ${until}`, problem: problem('robot-expired', username, until), shown };
  const soon = `${username} expires in ${counted(days, 'day')}, on ${until}`;
  if (days <= FAIL_DAYS) return { wrong: soon, problem: problem('robot-expires', username, until), shown };
  return days <= WARN_DAYS ? { warning: soon, shown } : { shown };
}

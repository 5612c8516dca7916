import { askOrigin } from '../cause/ask-origin';
import type { ProjectCheck, ProjectContext } from '../check';
import { readProject, readQuota, readRobotExpiry, readUpstreamStatus } from '../harbor-api';
import { evidence, fail, failOn, skip, type Evidence, type Outcome } from '../outcome';
import type { ProjectTarget } from '../target';
import { waitOutUnhealthy } from '../support/upstream-status';

export const check: ProjectCheck = {
  id: 'X1',
  title: 'Harbor is as declared, and its upstream really answers',
  proves:
    'Visibility, policy, quota and limits are the declared ones, Harbor calls the upstream healthy, the upstream takes ' +
    'the declared login, and the pull robot lives for more than a week.',
  why: 'Harbor calls an upstream healthy that refuses its login, and drops settings in silence (goharbor/harbor#14953, #21673).',
  limits: 'Compares what pulls depend on; breakwater drift compares everything. The login is tried from this machine.',
  upstreamCost: '1 HEAD by this machine',
  phase: 'serving',
  scope: 'project',
  run,
};

const DAY_S = 24 * 3600;
const FAIL_DAYS = 7;
const WARN_DAYS = 30;

/** One part of what is declared: what is wrong with it, and what was seen of it. */
interface Finding {
  readonly problem?: string;
  readonly warning?: string;
  readonly shown?: Evidence;
}

async function run(context: ProjectContext): Promise<Outcome> {
  const answer = await readProject(context, context.wire);
  if (answer.state === 'hidden') return skip(`this identity may not know: ${answer.why}`);
  if (answer.state === 'absent') return fail(`Harbor has no project ${context.project.name}: ${answer.why}`);
  const findings = [
    ...settingsOf(context.project, answer.metadata),
    await quotaOf(context),
    await registryOf(context),
    await loginOf(context),
    await robotOf(context, answer.id, Date.now()),
  ];
  const problems = findings.flatMap(({ problem }) => problem ?? []);
  const warnings = findings.flatMap(({ warning }) => (warning === undefined ? [] : [`warning: ${warning}`]));
  const shown = findings.flatMap((finding) => finding.shown ?? []);
  return failOn(problems, [...warnings, 'as declared'].join('; '), shown);
}

/** Harbor keeps every setting as a text, and leaves out what was never set. */
function settingsOf(project: ProjectTarget, metadata: Readonly<Record<string, string>>): Finding[] {
  const { preventVulnerable, localOnNotFound, maxUpstreamConnections, repositoryFilter } = project;
  const declared: Readonly<Record<string, string | undefined>> = {
    public: String(project.public),
    prevent_vul: preventVulnerable === undefined ? undefined : String(preventVulnerable),
    // What is not declared counts as false elsewhere, and is not managed here.
    proxy_cache_local_on_not_found: localOnNotFound === true ? 'true' : undefined,
    max_upstream_conn: maxUpstreamConnections === undefined ? undefined : String(maxUpstreamConnections),
    proxy_cache_filter_pattern: repositoryFilter?.pattern,
  };
  return Object.entries(declared).flatMap(([key, wanted]): Finding[] => {
    const found = metadata[key];
    if (wanted === undefined || found === wanted || (found === undefined && wanted === 'false')) return [];
    return [{ problem: `${key} is ${found ?? 'not set'}, and ${wanted} is declared` }];
  });
}

async function quotaOf(context: ProjectContext): Promise<Finding> {
  const { quotaBytes } = context.project;
  const quota = await readQuota(context, context.wire);
  if (!quota) return {};
  const shown = evidence('quota', `${quota.hardBytes} bytes`);
  if (quotaBytes === undefined || quota.hardBytes === quotaBytes) return { shown };
  return { problem: `storage_limit is ${quota.hardBytes} bytes, and ${quotaBytes} are declared`, shown };
}

async function registryOf(context: ProjectContext): Promise<Finding> {
  if (!context.project.proxy) return {};
  // Harbor may just have come upon an upstream that was told to misbehave.
  if (context.project.upstream) await waitOutUnhealthy(context);
  const status = await readUpstreamStatus(context, context.wire);
  if (status === undefined) return {};
  const shown = evidence('upstream in Harbor', status);
  return status === 'healthy' ? { shown } : { problem: `Harbor calls the upstream ${status}`, shown };
}

/** Harbor looks whether somebody answers, and not whether its login is taken. */
async function loginOf(context: ProjectContext): Promise<Finding> {
  const { origin } = context.project;
  const asked = await askOrigin(context);
  if (!origin || !asked) return {};
  const { host } = new URL(origin.url);
  if (asked.state === 'unreachable') return { shown: evidence(`${host} from here`, asked.why) };
  const { status } = asked;
  const shown = evidence(`${host} from here`, status);
  if (status !== 401 && status !== 403) return { shown };
  const who = origin.credential ? 'refuses the declared login' : 'wants a login, and none is declared';
  return { problem: `${host} ${who} (${status})`, shown };
}

async function robotOf(context: ProjectContext, projectId: number, now: number): Promise<Finding> {
  const username = context.project.pullCredential?.username;
  if (username === undefined) return {};
  const ofProject = username.includes('+') ? projectId : undefined;
  const expiresAt = await readRobotExpiry(context, username, ofProject, context.wire);
  if (expiresAt === undefined) return {};
  if (expiresAt < 0) return { shown: evidence(username, 'never expires') };
  const shown = evidence(username, new Date(expiresAt * 1000).toISOString());
  const days = Math.floor((expiresAt - now / 1000) / DAY_S);
  if (days < 0) return { problem: `${username} expired ${-days} days ago`, shown };
  if (days <= FAIL_DAYS) return { problem: `${username} expires in ${days} days`, shown };
  return days <= WARN_DAYS ? { warning: `${username} expires in ${days} days`, shown } : { shown };
}

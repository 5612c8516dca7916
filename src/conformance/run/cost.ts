import { compact } from '../../compact';
import type { RequestRecord } from '../../oci';
import type { RateReading } from '../budget/rate-budget';
import type { Check } from '../model/check';
import type { CheckResult, HostCost, RunCost, UpstreamCost } from '../model/result';
import type { ConformanceTarget, ProjectTarget } from '../model/target';

interface Spent {
  readonly target: ConformanceTarget;
  readonly checks: readonly Check[];
  readonly results: readonly CheckResult[];
  /** Cost of the probes that looked for causes. */
  readonly probes: readonly RequestRecord[];
  readonly readings: readonly RateReading[];
}

/** The cost of a run: traffic of this machine, and what upstreams with a limit may count. */
export function costOf({ target, checks, results, probes, readings }: Spent): RunCost {
  const all = [...results.flatMap(({ requests }) => requests), ...probes];
  const harbor = new URL(target.harborUrl).host;
  const hosts = byHost(all);
  return {
    harbor: hosts.get(harbor) ?? { host: harbor, requests: 0, bytes: 0 },
    upstreams: upstreamsOf(target, checks, hosts, readings),
    others: [...hosts.values()].filter(({ host }) => host !== harbor && !originHosts(target).has(host)),
  };
}

/** Per host of the URL, so that a redirect to object storage is a host of its own. */
function byHost(records: readonly RequestRecord[]): Map<string, HostCost> {
  const hosts = new Map<string, HostCost>();
  for (const { url, bytes } of records) {
    const host = URL.canParse(url) ? new URL(url).host : 'unknown';
    const known = hosts.get(host) ?? { host, requests: 0, bytes: 0 };
    hosts.set(host, { host, requests: known.requests + 1, bytes: known.bytes + bytes });
  }
  return hosts;
}

function hostOf({ origin }: ProjectTarget): string | undefined {
  return origin && new URL(origin.url).host;
}

function originHosts({ projects }: ConformanceTarget): ReadonlySet<string> {
  return new Set(projects.flatMap((project) => hostOf(project) ?? []));
}

/**
 * Two numbers that are easily confused: `requests` are those that this machine sent to the upstream itself, `pulls`
 * those that the run reserved of the upstream's limit, which Harbor makes. Of several limits of one host (accounts) the
 * one with the fewest pulls left is shown.
 */
function upstreamsOf(
  target: ConformanceTarget,
  checks: readonly Check[],
  hosts: ReadonlyMap<string, HostCost>,
  readings: readonly RateReading[],
): UpstreamCost[] {
  return [...originHosts(target)].sort().map((host): UpstreamCost => {
    const own = target.projects.filter((project) => project.proxy && hostOf(project) === host);
    const reading = readings.filter((one) => one.host === host).sort((a, b) => a.remaining - b.remaining)[0];
    return compact<UpstreamCost>({
      ...(hosts.get(host) ?? { host, requests: 0, bytes: 0 }),
      pullsWhenCold: own.reduce((sum, project) => sum + coldPulls(project, checks), 0),
      pulls: reading?.spent,
      limit: reading?.limit,
      remaining: reading?.remaining,
    });
  });
}

/** One pull for the tag and one per platform, for each image that is not cached, by the most expensive check. */
function coldPulls({ images, platforms }: ProjectTarget, checks: readonly Check[]): number {
  const most = Math.max(0, ...checks.map(({ upstreamPulls = 0 }) => upstreamPulls));
  return images.length * most * (1 + platforms.length);
}

import type { Position } from '../../diagnostic';
import type { RequestRecord } from '../../oci';
import type { Phase } from './check';
import type { Evidence, Measure, Status } from './outcome';
import type { Problem } from './problem';
import type { Shard } from './shard';

/** Severity, the worst first. */
export const RANKS = ['exposure', 'outage', 'undetermined', 'soon', 'proof', 'known'] as const;

/**
 * `exposure`: clients may read or write something that they must not. `outage`: pulls fail now. `undetermined`: a check
 * failed, and no evidence shows why. `soon`: pulls will fail, or are not cached. `proof`: only the image of this test
 * is affected. `known`: a known deviation of Harbor.
 */
export type Rank = (typeof RANKS)[number];

/** Who is at fault for a result that did not pass, as probes found out. Reports show it first. */
export interface Cause {
  /** Names this kind of cause, such as `robot-expired`. */
  readonly kind: string;
  readonly rank: Rank;
  /** Who can fix it, such as `upstream` or `front door`. */
  readonly party: string;
  /** A sentence without a full stop and without the project; the same for everything with this cause. */
  readonly words: string;
  readonly evidence: readonly Evidence[];
  readonly whatToDo?: string;
  /** A command that fixes the problem, or shows more about it. */
  readonly command?: string;
  /** Lines of the declaration that fix it, if a change of the declaration does. */
  readonly yaml?: string;
  /** Its subject, such as one robot: causes of one kind with several subjects are shown as one. */
  readonly subject?: string;
  /** Those several, in words: `robots expired`. */
  readonly plural?: string;
}

/** One cause and everything in a run that it explains. */
export interface RootCause extends Cause {
  /** Absent from a cause that only concerns the front door. */
  readonly projects: readonly string[];
  /** The results that it explains. */
  readonly checks: readonly { readonly id: string; readonly project?: string }[];
  /** For a known deviation: URL of its issue. */
  readonly link?: string;
}

/** The result of one check for one project, or for the front door if there is no project. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly project?: string;
  readonly status: Status;
  readonly message: string;
  readonly evidence: readonly Evidence[];
  readonly link?: string;
  /** The declared image, if only one is affected. */
  readonly image?: string;
  readonly cause?: Cause;
  /** Further causes: a check may find several problems. */
  readonly alsoCauses?: readonly Cause[];
  /** The problems, for programs. */
  readonly problems?: readonly Problem[];
  readonly measures?: readonly Measure[];
  /** Milliseconds since the start of the run. */
  readonly startedAfterMs: number;
  readonly durationMs: number;
  readonly requests: readonly RequestRecord[];
}

/** What the report shows of a declared project. It contains no credential. */
export interface ReportedProject {
  readonly name: string;
  readonly public: boolean;
  readonly proxy: boolean;
  readonly images: readonly string[];
  readonly platforms: readonly string[];
  readonly position?: Position;
  /** Where each of `images` is declared, in the same order. */
  readonly imagePositions?: readonly Position[];
}

/** Copied into the report, so that it can be read without this version of Breakwater. */
export interface ReportedCheck {
  readonly id: string;
  readonly title: string;
  readonly proves: string;
  readonly why: string;
  readonly limits: string;
  readonly upstreamCost: string;
  readonly phase: Phase;
}

/** A whole run. It can be published: URLs are redacted and it contains no secrets. */
export interface ConformanceReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  /** `address`: one of several machines with this name, from `--connect-to`. */
  readonly harbor: { readonly url: string; readonly version?: string; readonly address?: string };
  /** Its name in a fleet. */
  readonly instance?: string;
  /** The part of the projects that this run covered, if the work was split. */
  readonly shard?: Shard;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly timeScale: number;
  /** False if the run was stopped; `stopped` says why. The existing results are valid. */
  readonly complete: boolean;
  readonly stopped?: string;
  readonly summary: Readonly<Record<Status, number>>;
  readonly cost?: RunCost;
  readonly checks: readonly ReportedCheck[];
  readonly projects: readonly ReportedProject[];
  /** The front door first, then project by project, each in the order of `checks`. */
  readonly results: readonly CheckResult[];
}

/** Traffic between this machine and one host. */
export interface HostCost {
  readonly host: string;
  readonly requests: number;
  readonly bytes: number;
}

/** The same for an upstream, and what Harbor may fetch from it. */
export interface UpstreamCost extends HostCost {
  /** Maximum number of manifests that Harbor fetches if nothing is cached: the number that upstreams count. */
  readonly pullsWhenCold: number;
  /** For an upstream with a limit: the reserve of this run, and the limit and remaining pulls that it returned. */
  readonly pulls?: number;
  readonly limit?: number;
  readonly remaining?: number;
}

/** What the run itself cost. Numbers are of requests that this machine sent; Harbor's own are estimated. */
export interface RunCost {
  readonly harbor: HostCost;
  readonly upstreams: readonly UpstreamCost[];
  /** Mirror domains, token services, storage. */
  readonly others: readonly HostCost[];
}

/** Runs against several Harbors as one. Each keeps its own report; the rest is their sum. */
export interface FleetReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  /** Of the first, ISO 8601, UTC. */
  readonly startedAt: string;
  /** From the start of the first to the end of the last. */
  readonly durationMs: number;
  readonly complete: boolean;
  readonly summary: Readonly<Record<Status, number>>;
  readonly instances: readonly ConformanceReport[];
}

/** Anything that is rendered and merged. */
export type Report = ConformanceReport | FleetReport;

/** One report is a fleet of one: renderers need no second case. */
export function instancesOf(report: Report): readonly ConformanceReport[] {
  return 'instances' in report ? report.instances : [report];
}

/** Its name in a fleet, otherwise its host; with the address of the machine if that was given. */
export function instanceName({ instance, harbor }: Pick<ConformanceReport, 'instance' | 'harbor'>): string {
  const name = instance ?? new URL(harbor.url).host;
  return harbor.address === undefined ? name : `${name} at ${harbor.address}`;
}

/** Nothing failed, everything requested could be determined, and there was something. */
export function isConformant(report: Report): boolean {
  return instancesOf(report).every(({ complete, summary }) => {
    const found = summary.pass + summary['known-deviation'];
    return complete && summary.fail === 0 && summary.error === 0 && found > 0;
  });
}

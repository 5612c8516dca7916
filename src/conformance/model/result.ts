import type { Position } from '../../diagnostic';
import type { RequestRecord } from '../../oci';
import type { Phase } from './check';
import type { Evidence, Measure, Status } from './outcome';
import type { Problem } from './problem';
import type { Shard } from './shard';

/** Severity, the worst first. */
export const RANKS = ['exposure', 'outage', 'undetermined', 'soon', 'proof', 'known'] as const;

/**
 * `exposure`: somebody may read or write who must not. `outage`: pulls fail now. `undetermined`: a check failed, and
 * nothing that was seen tells why. `soon`: pulls will fail, or are not cached. `proof`: only the image of this proof is
 * concerned. `known`: a known deviation of Harbor.
 */
export type Rank = (typeof RANKS)[number];

/** Who is at fault for what did not pass, as probes found out after it. Reports tell it before everything else. */
export interface Cause {
  /** Names this kind of cause, such as `robot-expired`. */
  readonly kind: string;
  readonly rank: Rank;
  /** Who can fix it, such as `upstream` or `front door`. */
  readonly party: string;
  /** A sentence without a full stop and without the project; the same for everything that has this one cause. */
  readonly words: string;
  readonly evidence: readonly Evidence[];
  readonly whatToDo?: string;
  /** A command that fixes the problem, or shows more about it. */
  readonly command?: string;
  /** Lines of the declaration that end it, where a change of the declaration does. */
  readonly yaml?: string;
  /** What it is about, such as one robot: causes of one kind about several are told as one. */
  readonly subject?: string;
  /** Those several, in words: `robots expired`. */
  readonly plural?: string;
}

/** One cause and everything in a run that it explains. */
export interface RootCause extends Cause {
  /** Absent from a cause that is about the front door alone. */
  readonly projects: readonly string[];
  /** What failed by it. */
  readonly checks: readonly { readonly id: string; readonly project?: string }[];
  /** For a known deviation: URL of its issue. */
  readonly link?: string;
}

/** What one check found out about one project, or about the front door where there is no project. */
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
  /** Further causes that it shows: a check may find several things wrong. */
  readonly alsoCauses?: readonly Cause[];
  /** What is wrong, for programs. */
  readonly problems?: readonly Problem[];
  readonly measures?: readonly Measure[];
  /** Milliseconds since the run began. */
  readonly startedAfterMs: number;
  readonly durationMs: number;
  readonly requests: readonly RequestRecord[];
}

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

export interface ReportedCheck {
  readonly id: string;
  readonly title: string;
  readonly proves: string;
  readonly why: string;
  readonly limits: string;
  readonly upstreamCost: string;
  readonly phase: Phase;
}

/** A whole run. Everything in it may be shown: URLs are redacted and secrets are not in it. */
export interface ConformanceReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly harbor: { readonly url: string; readonly version?: string };
  /** Its name in a fleet. */
  readonly instance?: string;
  /** Which part of the projects this run was about, where the work was split. */
  readonly shard?: Shard;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly timeScale: number;
  /** False where the run was stopped; `stopped` says why. What is there is valid. */
  readonly complete: boolean;
  readonly stopped?: string;
  readonly summary: Readonly<Record<Status, number>>;
  readonly cost?: RunCost;
  readonly checks: readonly ReportedCheck[];
  readonly projects: readonly ReportedProject[];
  /** The front door first, then project by project, each in the order of `checks`. */
  readonly results: readonly CheckResult[];
}

/** What this machine sent to one host, and received from it. */
export interface HostCost {
  readonly host: string;
  readonly requests: number;
  readonly bytes: number;
}

/** The same of an upstream, and what Harbor may fetch from it. */
export interface UpstreamCost extends HostCost {
  /** Manifests that Harbor fetches at most where nothing is cached: what upstreams count. */
  readonly pullsWhenCold: number;
  /** Of an upstream that counts: set aside for this run, and the limit and what was left as it said. */
  readonly pulls?: number;
  readonly limit?: number;
  readonly remaining?: number;
}

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
  /** From the beginning of the first to the end of the last. */
  readonly durationMs: number;
  readonly complete: boolean;
  readonly summary: Readonly<Record<Status, number>>;
  readonly instances: readonly ConformanceReport[];
}

/** Whatever is rendered and merged. */
export type Report = ConformanceReport | FleetReport;

export function instancesOf(report: Report): readonly ConformanceReport[] {
  return 'instances' in report ? report.instances : [report];
}

/** As declared in a fleet; else where it answers. */
export function instanceName({ instance, harbor }: Pick<ConformanceReport, 'instance' | 'harbor'>): string {
  return instance ?? new URL(harbor.url).host;
}

/** Nothing failed, everything that was asked for could be found out, and that was not nothing. */
export function isConformant(report: Report): boolean {
  return instancesOf(report).every(({ complete, summary }) => {
    const found = summary.pass + summary['known-deviation'];
    return complete && summary.fail === 0 && summary.error === 0 && found > 0;
  });
}

import type { Position } from '../diagnostic';
import type { RequestRecord } from '../oci';
import type { Phase } from './check';
import type { Evidence, Status } from './outcome';

/** What one check found out about one project, or about the front door where there is no project. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly project?: string;
  readonly status: Status;
  readonly message: string;
  readonly evidence: readonly Evidence[];
  readonly link?: string;
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
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly timeScale: number;
  /** False where the run was stopped; `stopped` says why. What is there is valid. */
  readonly complete: boolean;
  readonly stopped?: string;
  readonly summary: Readonly<Record<Status, number>>;
  readonly checks: readonly ReportedCheck[];
  readonly projects: readonly ReportedProject[];
  /** The front door first, then project by project, each in the order of `checks`. */
  readonly results: readonly CheckResult[];
}

/** Nothing failed, everything that was asked for could be found out, and that was not nothing. */
export function isConformant({ complete, summary }: ConformanceReport): boolean {
  const found = summary.pass + summary['known-deviation'];
  return complete && summary.fail === 0 && summary.error === 0 && found > 0;
}

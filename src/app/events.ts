import type { Applicable } from '../advisories';
import type { ApplyReport } from '../reconcile/result';
import type { ConformanceEvent, ConformanceReport } from '../conformance';
import type { Diagnostic } from '../diagnostic';
import type { Identity } from '../harbor';
import type { Problem, RewrittenFile } from '../inventory';
import type { Plan } from '../plan/plan';
import type { WarmEvent } from '../warm';
import type { ReconcileEvent } from '../reconcile/reporter';
import type { Comparison, PlanSummary, Step, StepId, UpPlan } from './up/steps';

/** Increased when a field of an event is removed or changes its meaning, not for new events or fields. */
export const EVENTS_VERSION = 1;

/**
 * What happens during a use case, as data. The command line renders it as text; other programs may use it differently.
 */
export type AppEvent = CommonEvent | DemoEvent | UpEvent | InventoryEvent;

/** Events of every use case except `demo`, `up` and `inventory`. */
export type CommonEvent = SessionEvent | PlanEvent | ApplyEvent | ProofEvent | WarmingEvent;

type SessionEvent =
  /** Findings in policies or in an environment file; `sources` contains the texts that they refer to. */
  | {
      readonly type: 'findings';
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: ReadonlyMap<string, string>;
      /** Whether the files can be used. */
      readonly usable: boolean;
    }
  | { readonly type: 'logging-in'; readonly url: string }
  | { readonly type: 'logged-in'; readonly identity: Identity }
  /** Of the HTTP client: a retry, a fallback from the robot to the user. */
  | { readonly type: 'notice'; readonly message: string }
  /** Known faults of this release of Harbor that matter for what is declared. */
  | {
      /** Known faults of this release that affect the declaration. */
      readonly type: 'advisories';
      readonly version: string;
      readonly found: readonly Applicable[];
      /** Faults that break the deployment. */
      readonly critical: readonly Diagnostic[];
      /** Ids of the others. */
      readonly others: readonly string[];
    };

type PlanEvent =
  | { readonly type: 'reading'; readonly what: 'declared' | 'everything' }
  | { readonly type: 'testing-secrets' }
  /** Everything was read, with so many API calls. */
  | { readonly type: 'read'; readonly calls: number }
  /** What is about to be applied, or was refused. */
  | { readonly type: 'planned'; readonly plan: Plan }
  | { readonly type: 'plan-saved'; readonly file: string }
  | { readonly type: 'reconcile'; readonly event: ReconcileEvent };

type ApplyEvent =
  /** Lines of the journal that cannot be read: what they recorded is unknown. */
  | { readonly type: 'journal-damaged'; readonly file: string; readonly lines: number }
  /** An earlier run may not have written the secret of this object; this run plans to write it. */
  | { readonly type: 'secret-in-doubt'; readonly address: string }
  /** The last run under this journal has no end: what it was doing. */
  | { readonly type: 'killed-run'; readonly sentences: readonly string[] }
  /** An `apply` works with this journal while this command reads. `since` is RFC 3339. */
  | { readonly type: 'apply-at-work'; readonly pid: number; readonly since: string }
  | { readonly type: 'applying'; readonly changes: number; readonly journal: string }
  | { readonly type: 'secret-written'; readonly username: string; readonly file: string }
  | { readonly type: 'journal-error'; readonly file: string; readonly message: string };

type WarmingEvent =
  /** Number of images to pull; `earlier` were pulled by earlier runs. */
  | { readonly type: 'warming'; readonly images: number; readonly earlier: number; readonly state: string }
  | { readonly type: 'warm'; readonly event: WarmEvent };

type ProofEvent =
  | { readonly type: 'proving'; readonly projects: number }
  | { readonly type: 'conformance'; readonly event: ConformanceEvent }
  /** A Harbor that could not be proven as it should; `instance` in a fleet. */
  | { readonly type: 'not-proven'; readonly instance?: string; readonly message: string }
  /** These failed in the report that is run again, and are no longer declared. */
  | { readonly type: 'no-longer-declared'; readonly projects: readonly string[] }
  /** An examination failed, and is repeated while there is time. */
  | { readonly type: 'waiting'; readonly name: string; readonly message: string };

/** In this order, each once. */
export type DemoEvent =
  | { readonly type: 'demo-validated'; readonly policies: string; readonly objects: number }
  | { readonly type: 'demo-started'; readonly url: string; readonly upstreams: number; readonly overlay: string }
  | { readonly type: 'demo-planned'; readonly plan: Plan; readonly files: readonly string[] }
  | { readonly type: 'demo-applied'; readonly report: ApplyReport; readonly calls: number }
  | { readonly type: 'demo-planned-again'; readonly plan: Plan }
  | { readonly type: 'demo-proven'; readonly report: ConformanceReport }
  | { readonly type: 'demo-reported'; readonly files: readonly string[] }
  /** `password` was invented for this run, opens nothing but the stand-in, and ends with it. */
  | { readonly type: 'demo-kept'; readonly url: string; readonly password: string };

/** What happens during `up`. */
export type UpEvent =
  /** The commands of every step, as a person would type them. */
  | {
      readonly type: 'up-commands';
      readonly steps: readonly { readonly step: Step; readonly lines: readonly string[] }[];
    }
  | { readonly type: 'up-step'; readonly number: number; readonly total: number; readonly step: Step }
  /** Every step was planned and none applied; the directory has it all. */
  | { readonly type: 'up-planned'; readonly directory: string; readonly plan: UpPlan }
  /** Terraform's import blocks of a stack, for `--adopt-state`. */
  | { readonly type: 'up-imports'; readonly text: string }
  /** What became of a step. */
  | { readonly type: 'up-step-ended'; readonly step: StepId; readonly result: 'done' | 'unchanged' | 'failed' }
  /** What the plan of a stack does. */
  | { readonly type: 'up-stack'; readonly stack: string; readonly summary: PlanSummary }
  | { readonly type: 'up-note'; readonly message: string }
  /** What a program printed, where everything is shown. */
  | { readonly type: 'tool-output'; readonly text: string }
  /** A program runs for so long; `line` is the last one that it printed. */
  | { readonly type: 'tool-running'; readonly program: string; readonly seconds: number; readonly line: string }
  /** The newest line in the log of a container that may be migrating data, so long after the wait began. */
  | { readonly type: 'up-log-line'; readonly container: string; readonly seconds: number; readonly line: string }
  /** A program failed; `lines` are the last ones that it printed, `log` has all. */
  | {
      readonly type: 'tool-failed';
      readonly program: string;
      readonly code: number;
      readonly lines: readonly string[];
      readonly log: string;
    }
  /** The reports from before and after an upgrade. */
  | {
      readonly type: 'up-compared';
      readonly before: string;
      readonly after: string;
      readonly comparison: Comparison;
    }
  /** `restart`: the whole order was run, and can go on with this step. */
  | { readonly type: 'up-stopped'; readonly step: StepId; readonly restart: boolean }
  /** Stopped while a migration of the data may still be running. */
  | { readonly type: 'up-migrating' };

/** Each problem and each changed file as soon as it is found. */
export type InventoryEvent =
  | { readonly type: 'inventory-note'; readonly message: string }
  /** A file that cannot be read, or a reference that stays as it is. */
  | { readonly type: 'inventory-problem'; readonly problem: Problem }
  /** A file that changes, or would. */
  | { readonly type: 'rewritten'; readonly file: RewrittenFile; readonly write: boolean };

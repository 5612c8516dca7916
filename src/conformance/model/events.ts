import type { CheckResult, ConformanceReport } from './result';

/** Events of a run, when they happen. Checks of different projects are interleaved. */
export type ConformanceEvent =
  | { readonly type: 'run-started'; readonly host: string; readonly projects: number; readonly total: number }
  | { readonly type: 'check-started'; readonly project?: string; readonly id: string; readonly title: string }
  | { readonly type: 'waiting'; readonly project?: string; readonly id: string; readonly message: string }
  | { readonly type: 'check-finished'; readonly result: CheckResult; readonly done: number; readonly total: number }
  /** Every result of this project has been reported. */
  | { readonly type: 'project-finished'; readonly project: string }
  | { readonly type: 'run-finished'; readonly report: ConformanceReport };

/** Must not throw and must not take long. */
export interface ConformanceReporter {
  on(event: ConformanceEvent): void;
}

/** For programs and tests that only need the report. */
export const SILENT_REPORTER: ConformanceReporter = { on: () => undefined };

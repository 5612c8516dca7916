import type { Change } from '../plan/plan';
import type { ChangeResult } from './result';

/** Events during the work. `done` of `total` for a progress bar. */
export type ReconcileEvent =
  | {
      readonly type: 'kind-read';
      readonly kind: string;
      readonly count: number;
      readonly done: number;
      readonly total: number;
    }
  | { readonly type: 'change-started'; readonly change: Change; readonly total: number }
  | { readonly type: 'change-finished'; readonly result: ChangeResult; readonly done: number; readonly total: number }
  | { readonly type: 'verifying'; readonly total: number }
  /** What was written is not what is read, and Harbor may be answering from a cache. */
  | { readonly type: 'stale'; readonly addresses: readonly string[]; readonly forMs: number };

/** The only output of reconcile while it works. It never prints. */
export interface Reporter {
  report(event: ReconcileEvent): void;
}

/** For callers that only need the result. */
export const silentReporter: Reporter = { report: () => {} };

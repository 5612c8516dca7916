/**
 * The result of one image. `stored`: seen in Harbor after the pull; `already`: cached before; `pulled`: the pull
 * succeeded, but these credentials cannot see what Harbor stores; `unknown`: the pull succeeded, but Harbor returned an
 * error when it was asked, or the run was stopped.
 */
export const OUTCOMES = ['stored', 'already', 'pulled', 'unknown', 'not-stored', 'failed', 'limited'] as const;
/** Each has its own line in the summary of a run. */
export type WarmOutcome = (typeof OUTCOMES)[number];

/** One line of the state file. */
export interface WarmRecord {
  /** Harbor's address. */
  readonly harbor: string;
  readonly project: string;
  readonly image: string;
  readonly outcome: WarmOutcome;
  /** Pulls that the upstream counts. */
  readonly pulls: number;
  readonly bytes: number;
  readonly digest?: string;
  readonly why?: string;
  /** ISO 8601. */
  readonly at: string;
}

const DONE: ReadonlySet<WarmOutcome> = new Set(['stored', 'already', 'pulled']);

/** All others are tried again by the next run. */
export function isDone({ outcome }: Pick<WarmRecord, 'outcome'>): boolean {
  return DONE.has(outcome);
}

/** The readable lines of one Harbor: a killed run may have left an incomplete line at the end. */
export function recordsOf(text: string, harbor: string): WarmRecord[] {
  return text.split('\n').flatMap((line) => {
    try {
      const record = JSON.parse(line) as WarmRecord;
      const isOne = typeof record.project === 'string' && (OUTCOMES as readonly string[]).includes(record.outcome);
      return isOne && record.harbor === harbor ? [record] : [];
    } catch {
      return [];
    }
  });
}

import type { AttemptEntry, ChangeEntry, EndEntry, JournalEntry, ResultEntry, RunEntry } from './journal';

/** One run, according to its journal. */
export interface JournalRun {
  readonly run: RunEntry;
  readonly attempts: readonly AttemptEntry[];
  readonly results: readonly ResultEntry[];
  readonly changes: readonly ChangeEntry[];
  /** Sent, or about to be sent, when the run ended: only Harbor knows whether it was applied. */
  readonly unanswered: readonly AttemptEntry[];
  /** Absent: the run was killed. */
  readonly end?: EndEntry;
}

/** Runs in the order of the file. Lines before the first run are dropped. */
export interface JournalReading {
  readonly runs: readonly JournalRun[];
  /** Invalid lines: at most the incomplete one of a killed run, unless someone edited the file. */
  readonly unreadable: number;
}

/** Reads what `openJournal` wrote, also if a killed run left an incomplete last line. */
export function readJournal(text: string): JournalReading {
  const lines = text.split('\n').filter((line) => line !== '');
  const entries = lines.map(parseEntry);
  const groups: JournalEntry[][] = [];
  for (const entry of entries) {
    if (entry?.type === 'run') groups.push([entry]);
    else if (entry) groups.at(-1)?.push(entry);
  }
  return { runs: groups.map(runOf), unreadable: entries.filter((entry) => entry === undefined).length };
}

/** Required keys of every entry of a type. */
const REQUIRED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  run: { run: 'string', at: 'string', tool: 'string', target: 'string', changes: 'number' },
  attempt: { n: 'number', address: 'string', method: 'string', path: 'string' },
  result: { n: 'number', ok: 'boolean' },
  change: { address: 'string', action: 'string', outcome: 'string' },
  end: { aborted: 'boolean' },
};

/** Undefined for a damaged line, and for a type that another version wrote. */
function parseEntry(line: string): JournalEntry | undefined {
  try {
    const entry = JSON.parse(line) as Record<string, unknown> | null;
    const required = Object.hasOwn(REQUIRED, String(entry?.['type'])) ? REQUIRED[String(entry?.['type'])] : undefined;
    const isEntry = required && Object.entries(required).every(([key, type]) => typeof entry?.[key] === type);
    return isEntry ? (entry as unknown as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** Harbor may have carried out the requests in `unanswered`, or not. */
function runOf(entries: readonly JournalEntry[]): JournalRun {
  const of = <Type extends JournalEntry['type']>(type: Type) =>
    entries.filter((entry): entry is Extract<JournalEntry, { type: Type }> => entry.type === type);
  const [attempts, results, [end]] = [of('attempt'), of('result'), of('end')];
  const answered = new Set(results.map(({ n }) => n));
  const unanswered = attempts.filter(({ n }) => !answered.has(n));
  const head = { run: of('run')[0]!, attempts, results, changes: of('change'), unanswered };
  return end ? { ...head, end } : head;
}

/**
 * Addresses whose last write has no known result: sent without a response, or applied in part. If one of them has a
 * secret, no read shows whether Harbor has it.
 */
export function addressesInDoubt({ runs }: JournalReading): string[] {
  const doubts = new Map<string, boolean>();
  for (const { attempts, results, changes } of runs) {
    const refused = new Set(
      results.filter(({ ok, status = 0 }) => !ok && status >= 400 && status < 500).map(({ n }) => n),
    );
    for (const { address, n } of attempts) doubts.set(address, (doubts.get(address) ?? false) || !refused.has(n));
    for (const { address, outcome } of changes) if (outcome === 'ok') doubts.set(address, false);
  }
  return [...doubts].filter(([, inDoubt]) => inDoubt).map(([address]) => address);
}

/** Invalid lines that a killed run does not explain: the file was edited or is damaged. */
export function damagedLines({ runs, unreadable }: JournalReading): number {
  return Math.max(0, unreadable - runs.filter(({ end }) => end === undefined).length);
}

/** A run in sentences: how it ended, what it may have left incomplete, and what to do. */
export function explainRun({ run, changes, unanswered, end, results }: JournalRun): string[] {
  const done = changes.filter(({ outcome }) => outcome === 'ok').length;
  const notOk = changes.filter(({ outcome }) => outcome !== 'ok');
  return [
    `run ${run.run} at ${run.at} (${run.tool}, ${run.target}): ${done} of ${run.changes} changes done, ${results.length} requests completed`,
    ...notOk.map(
      ({ address, action, outcome, detail }) => `${action} ${address}: ${outcome}${detail ? `, ${detail}` : ''}`,
    ),
    ...unanswered.map(
      ({ method, path, address }) =>
        `${method} ${path} (${address}) was sent or about to be sent, and no response was recorded; if ${address} has a secret, rewrite it with --rotate ${address}`,
    ),
    ...(end ? [] : ['the run has no end: it was killed, or is still running; a plan shows what is left']),
  ];
}

import { OUTCOMES, type WarmOutcome, type WarmRecord } from './state';
import type { Warmed } from './warm';

const WORDS: Readonly<Record<WarmOutcome, string>> = {
  stored: 'stored by this run',
  already: 'already in the cache',
  pulled: 'pulled; these credentials cannot see what Harbor stores',
  unknown: 'pulled, but it is not known whether Harbor stored it',
  'not-stored': 'pulled, but not stored',
  failed: 'failed',
  limited: 'postponed because of a rate limit',
};
const TROUBLE: readonly WarmOutcome[] = ['unknown', 'not-stored', 'failed'];
const MOST_LEFT_OUT = 20;

/** The result of a run: what is in the cache now, what is not, and why. */
export function renderWarmed(format: 'text' | 'json', warmed: Warmed, version: string): string {
  const last = lastOf(warmed.records);
  return format === 'json' ? json(warmed, last, version) : text(warmed, last);
}

/** For an image that was refused and retried, the last result counts. */
function lastOf(records: readonly WarmRecord[]): readonly WarmRecord[] {
  return [...new Map(records.map((record) => [`${record.project}/${record.image}`, record])).values()];
}

/** Trouble first, the numbers last: they stay visible at the end of a long list. */
function text({ earlier, open, left }: Warmed, records: readonly WarmRecord[]): string {
  const counts = countsOf(records);
  const troubled = records.filter(({ outcome }) => TROUBLE.includes(outcome));
  const pulls = records.reduce((sum, one) => sum + one.pulls, 0);
  return `${[
    ...troubled.map(({ project, image, outcome, why }) => `${project}/${image}: ${WORDS[outcome]}: ${why ?? ''}`),
    ...left.slice(0, MOST_LEFT_OUT).map(({ name, why }) => `${name}: left out: ${why}`),
    ...(left.length > MOST_LEFT_OUT ? [`… and ${left.length - MOST_LEFT_OUT} more left out`] : []),
    ...OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => `${counts[outcome]} ${WORDS[outcome]}`),
    ...(earlier > 0 ? [`${earlier} done by earlier runs`] : []),
    ...(open.length > 0 ? [`${open.length} not reached: run the same command again to continue`] : []),
    `${pulls} pulls that the upstreams count`,
  ].join('\n')}\n`;
}

function json({ earlier, open, left }: Warmed, records: readonly WarmRecord[], version: string): string {
  const tool = { name: 'breakwater', version };
  const summary = { ...countsOf(records), earlier, open: open.length, leftOut: left.length };
  return `${JSON.stringify({ schemaVersion: 1, tool, summary, images: records, open, leftOut: left }, null, 2)}\n`;
}

function countsOf(records: readonly WarmRecord[]): Record<WarmOutcome, number> {
  const count = (outcome: WarmOutcome): number => records.filter((record) => record.outcome === outcome).length;
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])) as Record<WarmOutcome, number>;
}

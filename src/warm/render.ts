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
function text(warmed: Warmed, records: readonly WarmRecord[]): string {
  const { earlier, open, left, beyond } = warmed;
  const counts = countsOf(records);
  const isNothing = records.length + earlier + open.length + left.length + beyond === 0;
  const troubled = records.filter(({ outcome }) => TROUBLE.includes(outcome));
  const pulls = records.reduce((sum, one) => sum + one.pulls, 0);
  return `${[
    ...troubled.map(({ project, image, outcome, why }) => `${project}/${image}: ${WORDS[outcome]}: ${why ?? ''}`),
    ...leftLines(left),
    ...(isNothing ? ['no image was found'] : []),
    ...OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => `${counts[outcome]} ${WORDS[outcome]}`),
    ...(earlier > 0 ? [`${earlier} done by earlier runs`] : []),
    ...(open.length > 0 ? [`${open.length} not reached: run the same command again to continue`] : []),
    ...numbersNotPulled(warmed),
    `${pulls} pulls that the upstreams count`,
  ].join('\n')}\n`;
}

/** What a run does not pull, each with its reason, and the numbers. */
export function notPulled(warmed: Warmed): readonly string[] {
  return [...leftLines(warmed.left), ...numbersNotPulled(warmed)];
}

function leftLines(left: Warmed['left']): readonly string[] {
  return [
    ...left.slice(0, MOST_LEFT_OUT).map(({ name, why }) => `${name}: left out: ${why}`),
    ...(left.length > MOST_LEFT_OUT ? [`… and ${left.length - MOST_LEFT_OUT} more (--format json lists all)`] : []),
  ];
}

function numbersNotPulled({ left, beyond }: Warmed): readonly string[] {
  return [
    ...(beyond > 0 ? [`${beyond} not pulled because of --limit`] : []),
    ...(left.length > 0 ? [`${left.length} left out: the cache does not serve them, or the image is not known`] : []),
  ];
}

function json({ earlier, open, left, beyond }: Warmed, records: readonly WarmRecord[], version: string): string {
  const tool = { name: 'breakwater', version };
  const summary = { ...countsOf(records), earlier, open: open.length, leftOut: left.length, beyondLimit: beyond };
  return `${JSON.stringify({ schemaVersion: 1, tool, summary, images: records, open, leftOut: left }, null, 2)}\n`;
}

function countsOf(records: readonly WarmRecord[]): Record<WarmOutcome, number> {
  const count = (outcome: WarmOutcome): number => records.filter((record) => record.outcome === outcome).length;
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])) as Record<WarmOutcome, number>;
}

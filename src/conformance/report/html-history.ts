import { counted } from '../answer-words';
import { worstOf } from '../model/outcome';
import { streakOf, trackOf, HISTORY_LIMIT, type HistoryEntry, type HistorySubject } from './history';
import { moment, placeName, type Sheet } from './html-sheet';
import { html, type Markup } from './markup';
import { formatMs, STATUS_WORDS } from './words';
import type { CheckResult } from '../model/result';
import type { Status } from '../model/outcome';

/** Pixels of one run: a bar of 4 and a gap of 1. */
const SLOT = 5;
const HEIGHT = 20;

/** One run of a subject; undefined if it was not part of the run. */
interface Bar {
  readonly when: string;
  readonly status: Status;
  readonly durationMs: number;
  readonly bad: readonly string[];
}

/** A project's last runs. Empty without earlier runs. */
export function projectSparkline(sheet: Sheet, project: string | undefined): Markup | undefined {
  const { history, name } = sheet;
  if (history.length < 2) return undefined;
  const bars = trackOf(history, name, project).map((subject, at) => subject && toBar(history[at]!, subject));
  return sparkline(placeName(project), bars);
}

/** All runs, each with the status of its worst part. */
export function runSparkline(history: readonly HistoryEntry[]): Markup | undefined {
  if (history.length < 2) return undefined;
  const bars = history.map(toRunBar);
  return html`<section class="history card">
    <div>
      <h2>Last ${history.length} runs</h2>
      <p class="soft">${historyWords(bars)}</p>
    </div>
    ${sparkline('All projects', bars)}
  </section>`;
}

function toBar({ startedAt }: HistoryEntry, { status, durationMs, bad }: HistorySubject): Bar {
  return { when: startedAt, status, durationMs, bad };
}

function toRunBar({ startedAt, durationMs, subjects, conformant }: HistoryEntry): Bar {
  const status = conformant ? 'pass' : worstOf(['error', ...subjects.map((subject) => subject.status)]);
  const bad = [...new Set(subjects.flatMap((subject) => subject.bad))].sort();
  return { when: startedAt, status, durationMs, bad };
}

/** The height is the duration; problems have full height, so that color is not the only difference. */
function sparkline(subject: string, bars: readonly (Bar | undefined)[]): Markup {
  const longestMs = Math.max(1, ...bars.map((bar) => bar?.durationMs ?? 0));
  const width = HISTORY_LIMIT * SLOT;
  const left = (HISTORY_LIMIT - bars.length) * SLOT;
  const drawn = bars.map((bar, at) => drawBar(bar, left + at * SLOT, longestMs));
  const words = `${subject}, last ${counted(bars.length, 'run')}: ${historyWords(bars)}`;
  return html`<svg
    class="spark"
    viewBox="0 0 ${width} ${HEIGHT}"
    preserveAspectRatio="xMinYMax meet"
    role="img"
    aria-label="${words}"
  >
    ${drawn}
  </svg>`;
}

/**
 *      missing run     a line of 1 px
 *      passed          3 to 12 px, by duration
 *      failed          20 px
 */
function drawBar(bar: Bar | undefined, x: number, longestMs: number): Markup {
  if (!bar) return html`<rect class="none-v" x="${x}" y="${HEIGHT - 1}" width="4" height="1" />`;
  const isBad = bar.status === 'fail' || bar.status === 'error';
  const height = isBad ? HEIGHT : 3 + Math.round((9 * bar.durationMs) / longestMs);
  const what = bar.bad.length > 0 ? ` (${bar.bad.slice(0, 5).join(', ')})` : '';
  return html`<rect class="${bar.status}-v" x="${x}" y="${HEIGHT - height}" width="4" height="${height}"
    ><title>${moment(bar.when)}: ${STATUS_WORDS[bar.status]}${what}, ${formatMs(bar.durationMs)}</title></rect
  >`;
}

function historyWords(bars: readonly (Bar | undefined)[]): string {
  const bad = bars.filter((bar) => bar?.status === 'fail' || bar?.status === 'error');
  const last = bad.at(-1);
  return last ? `${bad.length} of ${bars.length} failed, last ${moment(last.when)}` : 'no failure';
}

/** Whether a problem is new, or since when it exists: the first thing to check after a change. */
export function streakWords({ history, name }: Sheet, { project, id }: CheckResult): string | undefined {
  if (history.length < 2) return undefined;
  const streak = streakOf(history, { instance: name, project, id });
  if (!streak) return undefined;
  return streak.runs === 1
    ? 'new since the previous run'
    : `for ${streak.runs} runs now, since ${moment(streak.since)}`;
}

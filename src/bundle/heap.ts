import { setFlagsFromString } from 'node:v8';

/**
 * Garbage is collected earlier than by V8's default: a plan of 10,000 projects needs 220 MiB instead of 300 to 400, a scan
 * of 100,000 files 150 instead of 230, in the same time.
 */
const HEAP_GROWS_BY_PERCENT = 30;
/**
 * A function is optimized after four times V8's usual amount of work: optimizing took a third of the CPU time of a plan of
 * 1,000 projects, and most functions were not called often enough afterwards.
 */
const WORK_BEFORE_OPTIMIZATION = 300_000;
/** A changed flag makes Node compile its own modules instead of taking them from its cache, so they are loaded before. */
const AFTER_MS = 150;

/**
 * Layers pass through these processes, and V8 counts their chunks as growth of the heap: `demo` had 42 full collections
 * instead of 5, a quarter of its CPU time, and only 20 MiB less.
 */
const LAYERS_PASS_THROUGH = ['demo', 'sandbox', 'canary'];

/** @param words of the command line */
export function setFlagsForShortRuns(words: readonly string[]): void {
  if (LAYERS_PASS_THROUGH.includes(words.find((word) => !word.startsWith('-')) ?? '')) return;
  setTimeout(() => {
    setFlagsFromString(`--heap-growing-percent=${HEAP_GROWS_BY_PERCENT}`);
    setFlagsFromString(`--interrupt-budget=${WORK_BEFORE_OPTIMIZATION}`);
  }, AFTER_MS).unref();
}

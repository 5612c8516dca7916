import { setFlagsFromString } from 'node:v8';

/**
 * Garbage is collected earlier than by V8's default: a plan of 10,000 projects needs 220 MiB instead of 300 to 400, a scan
 * of 100,000 files 150 instead of 230, in the same time.
 */
const HEAP_GROWS_BY_PERCENT = 30;
/**
 * A young generation that turns out too small grows to its full size (16 MiB) at once: in small steps, what the YAML of 1,000
 * projects consists of is copied again at each of them, 5 % of the CPU time of their plan.
 */
const YOUNG_GENERATION_GROWS_BY = 16;
/** Functions are optimized after four times V8's usual amount of work: most are not called often enough afterwards. */
const WORK_BEFORE_OPTIMIZATION = 300_000;
/**
 * These read a declaration or a Harbor once, and optimize nothing at first: it was a quarter of the CPU time of a plan of
 * 1,000 projects, and a plan of 10,000 (5 s) does not earn it back. For the layers of `conform` it pays.
 */
const READ_ONCE = ['validate', 'plan', 'apply', 'drift', 'export'];
const OPTIMIZED_AFTER_MS = 10_000;

/**
 * Layers pass through these processes, and V8 counts their chunks as growth of the heap: `demo` had 42 full collections
 * instead of 5, a quarter of its CPU time, and only 20 MiB less.
 */
const LAYERS_PASS_THROUGH = ['demo', 'sandbox', 'canary'];

/**
 * For the command that was just loaded: a changed flag makes Node compile its own modules instead of taking them from
 * its cache, so they are loaded before.
 */
export function setFlagsForShortRuns(command: string): void {
  if (LAYERS_PASS_THROUGH.includes(command)) return;
  set(`--heap-growing-percent=${HEAP_GROWS_BY_PERCENT}`, `--interrupt-budget=${WORK_BEFORE_OPTIMIZATION}`);
  set(`--semi-space-growth-factor=${YOUNG_GENERATION_GROWS_BY}`);
  if (!READ_ONCE.includes(command)) return;
  set('--no-opt');
  setTimeout(() => set('--opt'), OPTIMIZED_AFTER_MS).unref();
}

function set(...flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag);
}

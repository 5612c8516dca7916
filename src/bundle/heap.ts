import { setFlagsFromString } from 'node:v8';

/**
 * Garbage is collected earlier than by V8's default: a plan of 10,000 projects needs 220 MiB instead of 300 to 400, a scan
 * of 100,000 files 150 instead of 230, in the same time.
 */
const HEAP_GROWS_BY_PERCENT = 30;
/** A changed flag makes Node compile its own modules instead of taking them from its cache, so they are loaded before. */
const AFTER_MS = 150;

export function collectGarbageEarly(): void {
  setTimeout(() => setFlagsFromString(`--heap-growing-percent=${HEAP_GROWS_BY_PERCENT}`), AFTER_MS).unref();
}

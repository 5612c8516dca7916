import type { Proven } from '../drill/run-drill';

/** One line for each result, good ones too: a drill is documented with it. */
export function provenText(proven: readonly Proven[]): string {
  return proven
    .map(({ what, problem }) => (problem === undefined ? `ok     ${what}\n` : `FAILED ${what}: ${problem}\n`))
    .join('');
}

import type { Proven } from '../drill/run-drill';

export function provenText(proven: readonly Proven[]): string {
  return proven
    .map(({ what, problem }) => (problem === undefined ? `ok     ${what}\n` : `FAILED ${what}: ${problem}\n`))
    .join('');
}

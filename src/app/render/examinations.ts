import type { Examination } from '../examine';

const SIGN = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ', skipped: 'skipped' } as const;

/** One line for each examination; its details and its hint below it. */
export function examinationsText(examinations: readonly Examination[]): string {
  const width = Math.max(...examinations.map(({ name }) => name.length));
  const below = ' '.repeat(width + 11);
  return examinations
    .flatMap(({ name, outcome, message, party, hint, details = [] }) => [
      `${SIGN[outcome]}  ${name.padEnd(width)}  ${message}`,
      ...details.map((detail) => `${below}${detail}`),
      ...(party === undefined ? [] : [`${below}party: ${party}`]),
      ...(hint === undefined ? [] : [`${below}hint: ${hint}`]),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

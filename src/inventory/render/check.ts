import type { Checked, FailOn } from '../check';
import { messageOf } from './sarif';
import { whereOf } from '../report';

/** The result of a check: what fails, what is waived, and waivers that nothing needs. */
export function renderCheck({ failed, waived, idle }: Checked, failOn: FailOn): string {
  const lines = [
    ...failed.map((reference) => `failed   ${whereOf(reference)}  ${messageOf(reference)}`),
    ...waived.map(
      ({ reference, by }) =>
        `waived   ${whereOf(reference)}  ${reference.reference ?? reference.written} (${by.owner}, until ${by.expires}: ${by.reason})`,
    ),
    ...idle.map(({ waiver, because }) => `unused   the waiver for ${waiver.image}: ${because}`),
    `${failed.length === 0 ? 'OK' : 'FAILED'}: ${failed.length} failed, ${waived.length} waived (--fail-on ${failOn})`,
  ];
  return `${lines.join('\n')}\n`;
}

import type { Checked, FailOn } from '../check';
import { countByStatus, STATUS_WORDS, whereOf } from '../report';
import { renderMarkdown } from './markdown';
import { messageOf } from './sarif';

/** The result of a check: failing references, waived ones, unused waivers, and what this level accepts. */
export function renderCheck(checked: Checked, failOn: FailOn): string {
  const { failed, waived, idle } = checked;
  const lines = [
    ...failed.map((reference) => `failed   ${whereOf(reference)}  ${messageOf(reference)}`),
    ...waived.map(
      ({ reference, by }) =>
        `waived   ${whereOf(reference)}  ${reference.reference ?? reference.written} (${by.owner}, until ${by.expires}: ${by.reason})`,
    ),
    ...idle.map(({ waiver, because }) => `unused   the waiver for ${waiver.image}: ${because}`),
    ...passedLines(checked).map((line) => `passed   ${line}`),
    verdict(checked, failOn),
  ];
  return `${lines.join('\n')}\n`;
}

/** A comment for a pull request. */
export function* renderCheckMarkdown(checked: Checked, failOn: FailOn): Iterable<string> {
  yield `### Image inventory: ${verdict(checked, failOn)}\n`;
  const notes = [
    ...checked.waived.map(
      ({ reference, by }) =>
        `waived: ${plain(reference.reference ?? reference.written)}, ${plain(by.owner)}, until ${by.expires}`,
    ),
    ...checked.idle.map(({ waiver, because }) => `unused waiver for ${plain(waiver.image)}: ${because}`),
    ...passedLines(checked),
  ];
  if (notes.length > 0) yield `\n${notes.map((note) => `- ${note}\n`).join('')}`;
  if (checked.failed.length === 0) return;
  yield '\n';
  yield* renderMarkdown({ references: checked.failed, problems: [], skipped: {}, files: 0 }, { head: false });
}

/** The level is part of the line: "0 failed" means something else for `bypass` than for `unresolvable`. */
function verdict({ failed, waived }: Checked, failOn: FailOn): string {
  return `${failed.length === 0 ? 'OK' : 'FAILED'}: ${failed.length} failed, ${waived.length} waived (--fail-on ${failOn})`;
}

/** Accepted references are named, too. */
function passedLines({ passed }: Checked): string[] {
  const counts = countByStatus(passed);
  return (['needs-rewrite', 'unresolvable'] as const).flatMap((status) =>
    counts[status] === 0 ? [] : [`${counts[status]} ${STATUS_WORDS[status]}: fail them with --fail-on ${status}`],
  );
}

function plain(text: string): string {
  return `\`${text.replace(/[\r\n`]+/g, ' ')}\``;
}

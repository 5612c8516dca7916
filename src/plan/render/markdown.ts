import type { Plan, Refusal, Warning } from '../plan';
import { cut, escapeControls } from './printable';
import { rowsOf, summaryText, notComparedText, type ChangeRow, type FieldRow } from './rows';

export interface MarkdownOptions {
  /** Most characters; GitHub takes 65,536 in a comment. */
  readonly maxLength?: number;
}

const COMMENT_LIMIT = 65_536;
/** Kept free for the sentence that says what was left out. */
const RESERVE = 400;
/** Of one change, so that a single one cannot use up the whole comment. */
const MOST_LINES = 60;
const VERBS: Readonly<Record<ChangeRow['action'], string>> = {
  create: 'Create',
  update: 'Update',
  replace: 'Replace',
  delete: 'Delete',
  adopt: 'Adopt',
};

/** A plan as a comment on a pull request. What does not fit is counted, never silently dropped. */
export function renderMarkdown(plan: Plan, { maxLength = COMMENT_LIMIT }: MarkdownOptions = {}): string {
  const head = [`### ${titleOf(plan)}`, `${code(plan.target.url)} · mode ${code(plan.mode)}`].join('\n\n');
  const blocks = [
    ...plan.refusals.map(refusalBlock),
    ...plan.warnings.map(warningBlock),
    ...notComparedBlock(plan),
    ...rowsOf(plan).map(changeBlock),
  ];
  return fitted(head, blocks, maxLength);
}

function titleOf(plan: Plan): string {
  if (plan.refusals.length > 0) return `Breakwater plan: refused · ${summaryText(plan)}`;
  return plan.changes.length === 0
    ? `Breakwater plan: no changes · ${summaryText(plan)}`
    : `Breakwater plan: ${summaryText(plan)}`;
}

function fitted(head: string, blocks: readonly string[], maxLength: number): string {
  let text = `${head}\n`;
  for (const [index, block] of blocks.entries()) {
    const last = index === blocks.length - 1;
    if (text.length + block.length + 1 > maxLength - (last ? 0 : RESERVE)) {
      const left = blocks.length - index;
      return `${text}\n**${left} of ${blocks.length} entries are not shown: a comment holds ${maxLength} characters.** The whole plan: \`breakwater plan --format text\`.\n`;
    }
    text += `\n${block}`;
  }
  return text;
}

function refusalBlock({ rule, message, allow }: Refusal): string {
  return `> **Refused** ${code(rule)}: ${prose(message)}  \n> To allow it: ${prose(allow)}\n`;
}

function warningBlock({ address, level, message }: Warning): string {
  const word = level === 'info' ? 'Note' : 'Warning';
  return `> **${word}** ${address === undefined ? '' : `${code(address)}: `}${prose(message)}\n`;
}

function notComparedBlock(plan: Plan): string[] {
  const text = notComparedText(plan);
  return text === undefined ? [] : [`> ${prose(text)}\n`];
}

function changeBlock(row: ChangeRow): string {
  const place = row.at === undefined ? '' : ` · <code>${html(row.at)}</code>`;
  const count = row.fields.length === 1 ? '1 field' : `${row.fields.length} fields`;
  const summary = `${VERBS[row.action]} <code>${html(row.address)}</code> (${count})${place}`;
  const lines = [...row.notes.map((note) => `# ${note}`), ...row.fields.flatMap(fieldLines)];
  const more = lines.length > MOST_LINES ? [`# ${lines.length - MOST_LINES} more lines are not shown here`] : [];
  const shown = [...lines.slice(0, MOST_LINES), ...more].join('\n');
  return `<details><summary>${summary}</summary>\n\n${fenced(shown)}\n</details>\n`;
}

/** `diff` colours lines by their first character (`!` is a change); a changed field is one line out and one in. */
function fieldLines({ path, before, after, why, items }: FieldRow): string[] {
  const reason = why === undefined ? [] : [`# ${path}: ${why}`];
  if (items)
    return [...reason, `  ${path}:`, ...items.map(({ sign, text }) => `${sign === '~' ? '!' : sign}   ${text}`)];
  return [
    ...reason,
    ...(before === undefined ? [] : [`- ${path} = ${before}`]),
    ...(after === undefined ? [] : [`+ ${path} = ${after}`]),
  ];
}

/** A fence longer than any run of backticks inside, so that no value can end it. */
function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}diff\n${text}\n${fence}\n`;
}

function code(text: string): string {
  const safe = escapeControls(cut(text, 300));
  const ticks = '`'.repeat(longestRun(safe) + 1);
  const space = safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${safe}${space}${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/**
 * Words from us around names from others. What Markdown acts on is shown as it is; an empty comment keeps a forge
 * from taking `@name`, `#1` and `https:` for mentions and links, which it looks for after Markdown is done.
 */
function prose(text: string): string {
  return escapeControls(cut(text, 2_000))
    .replace(/[\\`*_{}[\]<>|~!&]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[@#](?=[\w-])|:(?=\/\/)/g, (character) => `${character}<!-- -->`)
    .replace(/&#<!-- -->(?=\d+;)/g, '&#');
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

import type { Refusal } from '../../diagnostic';
import { openFindings, type Plan, type Warning } from '../plan';
import { findingRows, type FindingRow } from './findings';
import { code, html, longestRun, prose } from './markdown-words';
import { createsByKind, isSevere, othersOf, rowsOf, type ChangeRow, type FieldRow } from './rows';
import { notComparedText, summaryText } from './summary';
import { notKnownTexts, unmanagedGroups } from './unmanaged';

/** For a platform other than GitHub, or a comment with links into the repository. */
export interface MarkdownOptions {
  /** Maximum number of characters. Default: GitHub's limit for a comment, 65,536; GitLab accepts 1,000,000. */
  readonly maxLength?: number;
  /** `https://github.com/org/repo/blob/SHA`: places become links below it. */
  readonly linkBase?: string;
}

/** Characters that GitHub accepts in one comment. */
export const COMMENT_LIMIT = 65_536;
/** Reserved for the sentence that says what was left out. */
const RESERVE = 600;
/** Maximum for one change, so that a single one cannot fill the whole comment. */
const MOST_LINES = 60;
/** More creates than this are one entry per kind, with this many names: they are the least dangerous entries. */
const MOST_CREATES = 40;
const NAMED_CREATES = 20;
const VERBS: Readonly<Record<ChangeRow['action'], string>> = {
  create: 'Create',
  update: 'Update',
  replace: 'Replace',
  delete: 'Delete',
  adopt: 'Adopt',
  same: 'Explained:',
};

/** One entry of the comment, and its name if it does not fit. */
interface Block {
  readonly of: 'refusal' | 'severe' | 'warning' | 'undeclared' | 'update' | 'create' | 'adoption' | 'explained';
  readonly text: string;
  /** For an entry that is left out: the address, or its subject. */
  readonly name: string;
}

/**
 * A plan as a comment on a pull request. From top to bottom, so that what does not fit is the least dangerous:
 *
 *      ### Breakwater plan: 1 to create, …
 *      > [!CAUTION] Refused, broken rules
 *      ▾ Delete, replace, gives more access      open, and never shortened
 *      > [!WARNING] warnings, undeclared objects, secrets that were not compared
 *      ▸ Update …                                folded
 *      ▸ Create …                                folded; one line per kind if there are many
 *      > [!IMPORTANT] 12 of 80 entries are not shown (12 create)
 */
export function renderMarkdown(plan: Plan, { maxLength = COMMENT_LIMIT, linkBase }: MarkdownOptions = {}): string {
  const head = [`### ${titleOf(plan)}`, `${code(plan.target.url)} · mode ${code(plan.mode)}`].join('\n\n');
  const rows = rowsOf(plan);
  const quiet = rows.filter((row) => !isSevere(row));
  const blocks: Block[] = [
    ...plan.refusals.map((one): Block => ({ of: 'refusal', text: refusalBlock(one), name: one.rule })),
    ...findingRows(plan).map(findingBlock),
    ...rows.filter(isSevere).map((row) => changeBlock(row, linkBase)),
    ...plan.warnings.map((one): Block => ({ of: 'warning', text: warningBlock(one), name: one.address ?? 'warning' })),
    ...undeclaredBlocks(plan),
    ...notComparedBlock(plan),
    ...quiet.filter(({ weight }) => weight !== 'create').map((row) => changeBlock(row, linkBase)),
    ...createBlocks(
      quiet.filter(({ weight }) => weight === 'create'),
      linkBase,
    ),
  ];
  return fitted(head, blocks, maxLength);
}

function titleOf(plan: Plan): string {
  if (plan.refusals.length > 0) return `Breakwater plan: refused · ${summaryText(plan)}`;
  if (openFindings(plan).length > 0) return `Breakwater plan: breaks rules · ${summaryText(plan)}`;
  return plan.changes.length === 0
    ? `Breakwater plan: no changes · ${summaryText(plan)}`
    : `Breakwater plan: ${summaryText(plan)}`;
}

/** Takes entries while they fit. The reserve is for the sentence about the rest, which the last entry does not need. */
function fitted(head: string, blocks: readonly Block[], maxLength: number): string {
  let text = `${head}\n`;
  for (const [index, block] of blocks.entries()) {
    const last = index === blocks.length - 1;
    if (text.length + block.text.length + 1 > maxLength - (last ? 0 : RESERVE))
      return `${text}\n${cutText(blocks.slice(index), blocks.length, maxLength)}`;
    text += `\n${block.text}`;
  }
  return text;
}

/** The entries that are left out, by type. A reviewer who does not see them must not approve them. */
function cutText(left: readonly Block[], all: number, maxLength: number): string {
  const counts = new Map<Block['of'], number>();
  for (const { of } of left) counts.set(of, (counts.get(of) ?? 0) + 1);
  const words = [...counts].map(([of, count]) => `${count} ${of === 'severe' ? 'DESTRUCTIVE OR ACCESS-WIDENING' : of}`);
  const alert = counts.has('severe') || counts.has('refusal') ? 'CAUTION' : 'IMPORTANT';
  return `> [!${alert}]\n> **${left.length} of ${all} entries are not shown** (${words.join(', ')}): the limit of a comment is ${maxLength} characters. The whole plan: \`breakwater plan --format text\`.\n`;
}

function createBlocks(rows: readonly ChangeRow[], linkBase: string | undefined): Block[] {
  if (rows.length <= MOST_CREATES) return rows.map((row) => changeBlock(row, linkBase));
  return createsByKind(rows, NAMED_CREATES).map(({ kind, count, names, more }) => ({
    of: 'create' as const,
    name: kind,
    text: `Create **${count} ${prose(kind)}**: ${names.map(code).join(', ')}${more > 0 ? ` and ${more} more` : ''}\n`,
  }));
}

function undeclaredBlocks(plan: Plan): Block[] {
  const groups = unmanagedGroups(plan).map(({ title, lines, isAccepted }): Block => {
    const list = lines.map((line) => `- ${code(line)}`).join('\n');
    const text = isAccepted
      ? `<details><summary>${html(title)}</summary>\n\n${list}\n\n</details>\n`
      : `> [!WARNING]\n> **${prose(title)}**\n${list.replace(/^/gm, '> ')}\n`;
    return { of: 'undeclared', name: title, text };
  });
  const notKnown = notKnownTexts(plan).map((text): Block => ({
    of: 'undeclared',
    name: 'not known',
    text: `> ${prose(text)}\n`,
  }));
  return [...groups, ...notKnown];
}

function refusalBlock({ rule, message, hint }: Refusal): string {
  return `> [!CAUTION]\n> **Refused** ${code(rule)}: ${prose(message)}  \n> To allow it: ${prose(hint)}\n`;
}

/** An open finding blocks the plan like a refusal, a waived one is only a note. */
function findingBlock({ rule, severity, isOpen, message, hint }: FindingRow): Block {
  const alert = isOpen ? 'CAUTION' : hint.startsWith('waived') ? 'NOTE' : 'WARNING';
  const text = `> [!${alert}]\n> **Rule ${rule}** (${severity}): ${prose(message)}  \n> ${prose(hint)}\n`;
  return { of: isOpen ? 'refusal' : 'warning', text, name: rule };
}

function warningBlock({ address, level, message }: Warning): string {
  const alert = level === 'info' ? 'NOTE' : 'WARNING';
  return `> [!${alert}]\n> ${address === undefined ? '' : `${code(address)}: `}${prose(message)}\n`;
}

function notComparedBlock(plan: Plan): Block[] {
  const text = notComparedText(plan);
  return text === undefined ? [] : [{ of: 'warning', name: 'not compared', text: `> ${prose(text)}\n` }];
}

const BLOCK_OF = {
  destructive: 'severe',
  widening: 'severe',
  update: 'update',
  create: 'create',
  adopt: 'adoption',
  same: 'explained',
} as const;

/** `<details>` with a `diff` block inside. The place is part of the summary, so that it is visible while folded. */
function changeBlock(row: ChangeRow, linkBase: string | undefined): Block {
  const count = row.fields.length === 1 ? '1 field' : `${row.fields.length} fields`;
  const also = row.others.length === 0 ? '' : ` and ${row.others.length} more`;
  const size = row.action === 'same' ? '' : ` (${count})`;
  const summary = `${VERBS[row.action]} <code>${html(row.address)}</code>${also}${size}${placeOf(row, linkBase)}`;
  const lines = [
    ...row.notes.map((note) => `# ${note}`),
    ...row.fields.flatMap(fieldLines),
    ...row.explained.map((line) => `  ${line}`),
  ];
  const severe = isSevere(row);
  const shown = severe ? lines : lines.slice(0, MOST_LINES);
  const more = lines.length > shown.length ? [`# ${lines.length - shown.length} more lines are not shown here`] : [];
  const others = othersOf(row).map((line) => `# ${line}`);
  const open = severe ? ' open' : '';
  const text = `<details${open}><summary>${summary}</summary>\n\n${fenced([...others, ...shown, ...more].join('\n'))}\n</details>\n`;
  return { of: BLOCK_OF[row.weight], name: row.address, text };
}

/** Where it is declared; with a base a link to the line. */
function placeOf({ at, place }: ChangeRow, linkBase: string | undefined): string {
  if (at === undefined) return '';
  if (linkBase === undefined || !place) return ` · <code>${html(at)}</code>`;
  const path = place.file.split('/').map(encodeURIComponent).join('/');
  return ` · <a href="${html(`${linkBase.replace(/\/+$/, '')}/${path}#L${place.line}`)}"><code>${html(at)}</code></a>`;
}

/**
 * `diff` colors lines by their first character (`!` is a change); a changed field is one removed and one added line.
 */
function fieldLines({ path, before, after, why, from, items }: FieldRow): string[] {
  const reason = [why, from].flatMap((text) => (text === undefined ? [] : [`# ${path}: ${text}`]));
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

import { openFindings, type Action, type Plan } from '../plan';
import { findingRows } from './findings';
import { escapeControls } from '../../escape-controls';
import { createsByKind, isSevere, othersOf, rowsOf, type ChangeRow, type FieldRow } from './rows';
import { notComparedText, summaryText } from './summary';
import { notKnownTexts, unmanagedGroups } from './unmanaged';

/** What a piece of text is; the terminal decides on its color. */
export type Style = ChangeRow['action'] | 'refusal' | 'warning' | 'dim' | 'bold';
/** Colors a piece of text. Color never replaces words and signs. */
export type Paint = (style: Style, text: string) => string;

const FIELD_STYLE: Readonly<Record<FieldRow['sign'], Action>> = { '+': 'create', '~': 'update', '-': 'delete' };

/** Creates of one kind are counted instead of listed if there are more than this in total. */
const MOST_CREATES = 40;
/** Names per kind then: a terminal shows less than a comment. */
const NAMED_CREATES = 10;

/**
 * A plan for people: counts first, then severe changes, then the rest. Ends with a newline.
 *
 *       Changes needed to make … match the declaration (mode …): counts
 *
 *       Refused [rule]: …               refusals, then findings of the rules
 *       -/+ project/a                   severe: what deletes, replaces or gives more permissions
 *       Warning: …                      warnings and notes
 *       (objects that nothing declares, and what was not compared)
 *         ~ robot/b                     updates
 *         + 120 robot: a, b, c …        creates, by kind if there are more than 40
 *
 *       Plan: counts.                   the verdict; alone if nothing changes
 *
 * @param paint colors; the default adds none, for files and logs
 */
export function renderText(plan: Plan, paint: Paint = (_style, text) => text): string {
  const rows = rowsOf(plan);
  const severe = rows.filter(isSevere);
  const block = (row: ChangeRow): string => changeBlock(row, paint);
  const blocks = [
    ...refusalBlocks(plan, paint),
    findingBlock(plan, paint),
    ...severe.map(block),
    warningBlock(plan, paint),
    ...unmanagedBlocks(plan, paint),
    ...notComparedBlocks(plan, paint),
    ...rows.filter((row) => !isSevere(row) && row.weight !== 'create').map(block),
    ...createBlocks(
      rows.filter(({ weight }) => weight === 'create'),
      paint,
    ),
  ];
  const verdict = conclusion(plan, paint);
  const between = blocks.filter((block) => block !== '');
  const shown = between.length === 0 ? [verdict] : [headline(plan) ?? verdict, ...between, verdict];
  return `${shown.join('\n\n')}\n`;
}

/** The first line. A plan without changes has none of its own: it begins and ends with its verdict. */
function headline(plan: Plan): string | undefined {
  const { target, mode, changes } = plan;
  if (changes.length === 0) return undefined;
  const version = target.harborVersion === undefined ? '' : ` (Harbor ${target.harborVersion})`;
  return escapeControls(
    `Changes needed to make ${target.url}${version} match the declaration (mode ${mode}): ${summaryText(plan)}`,
  );
}

/** A long list of new objects is grouped by kind; `--format json` has every field. */
function createBlocks(rows: readonly ChangeRow[], paint: Paint): string[] {
  if (rows.length <= MOST_CREATES) return rows.map((row) => changeBlock(row, paint));
  return createsByKind(rows, NAMED_CREATES).map(
    ({ kind, count, names, more }) =>
      `${paint('create', '+'.padStart(3))} ${paint('bold', `${count} ${kind}`)}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  );
}

function unmanagedBlocks(plan: Plan, paint: Paint): string[] {
  const groups = unmanagedGroups(plan).map(({ title, lines, isAccepted }) => {
    const head = isAccepted ? paint('dim', title) : paint('warning', title);
    return [head, ...lines.map((line) => `  ${isAccepted ? paint('dim', line) : line}`)].join('\n');
  });
  return [...groups, ...notKnownTexts(plan).map((text) => paint('dim', text))];
}

/**
 *        ~ project/proxy.quay.io  # policies/projects.yaml:12
 *            (renamed in place from quay)
 *            ~ severity = "low" -> "critical"
 *                from an overlay, at policies/instances/eu.yaml:4       only with --explain
 *            stays:                                                     only with --explain
 *              public = true  # declared at policies/projects.yaml:14
 */
function changeBlock(row: ChangeRow, paint: Paint): string {
  const place = row.at === undefined ? '' : paint('dim', `  # ${row.at}`);
  const also = row.others.length === 0 ? '' : ` and ${row.others.length} more with the same change`;
  const head = `${row.sign.padStart(3)} ${paint('bold', row.address)}${also}${place}`;
  const others = othersOf(row).map((line) => `      ${paint('dim', line)}`);
  const notes = row.notes.map((note) => `      ${paint('dim', `(${note})`)}`);
  return [
    painted(head, row, paint),
    ...others,
    ...notes,
    ...fieldLines(row.fields, paint),
    ...explainedBlock(row, paint),
  ].join('\n');
}

function explainedBlock({ explained, action }: ChangeRow, paint: Paint): string[] {
  if (explained.length === 0) return [];
  const head = action === 'same' ? [] : [`      ${paint('dim', 'stays:')}`];
  return [...head, ...explained.map((line) => `        ${paint('dim', line)}`)];
}

function painted(head: string, { sign, action }: ChangeRow, paint: Paint): string {
  return head.replace(sign, paint(action, sign));
}

/** The signs are in one column and the equals signs as well, so that a list of settings can be compared. */
function fieldLines(fields: readonly FieldRow[], paint: Paint): string[] {
  const width = Math.max(0, ...fields.map(({ path }) => path.length));
  return fields.flatMap((field) => {
    const why = field.why === undefined ? '' : paint('dim', `  # ${field.why}`);
    const line = `      ${paint(FIELD_STYLE[field.sign], field.sign)} ${field.items ? `${field.path}:` : `${field.path.padEnd(width)} = ${values(field)}`}${why}`;
    const from = field.from === undefined ? [] : [`          ${paint('dim', field.from)}`];
    return [line, ...itemLines(field, paint), ...from];
  });
}

function values({ before, after }: FieldRow): string {
  if (before === undefined) return after ?? '';
  return after === undefined ? before : `${before} -> ${after}`;
}

function itemLines({ items = [] }: FieldRow, paint: Paint): string[] {
  return items.map(({ sign, text }) => `          ${paint(FIELD_STYLE[sign], sign)} ${text}`);
}

function refusalBlocks({ refusals }: Plan, paint: Paint): string[] {
  return refusals.map(({ rule, message, hint }) =>
    [
      `${paint('refusal', 'Refused')} [${rule}]: ${escapeControls(message)}`,
      `  ${paint('dim', 'to allow it:')} ${escapeControls(hint)}`,
    ].join('\n'),
  );
}

function findingBlock(plan: Plan, paint: Paint): string {
  return findingRows(plan)
    .map(({ rule, severity, isOpen, message, hint }) => {
      const head = paint(isOpen ? 'refusal' : 'warning', `Rule ${rule}`);
      return `${head} (${severity}): ${message}\n  ${paint('dim', `hint: ${hint}`.replace(/^hint: waived/, 'waived'))}`;
    })
    .join('\n');
}

function warningBlock({ warnings }: Plan, paint: Paint): string {
  return warnings
    .map(({ address, level, message }) => {
      const about = address === undefined ? '' : `${address}: `;
      const word = level === 'info' ? paint('dim', 'Note') : paint('warning', 'Warning');
      return `${word}: ${escapeControls(`${about}${message}`)}`;
    })
    .join('\n');
}

function notComparedBlocks(plan: Plan, paint: Paint): string[] {
  const text = notComparedText(plan);
  return text === undefined ? [] : [paint('dim', text)];
}

/** The last lines, which a terminal still shows after a long plan: what follows from it. */
function conclusion(plan: Plan, paint: Paint): string {
  if (plan.changes.length === 0)
    return plan.refusals.length > 0
      ? paint('refusal', 'Nothing of this plan will be applied.')
      : `${paint('bold', 'No changes.')} ${asDeclared(plan)}: ${remaining(plan)}.`;
  const summary = `${paint('bold', 'Plan:')} ${summaryText(plan)}.`;
  if (plan.refusals.length > 0)
    return `${summary}\n${paint('refusal', 'Refused: nothing of this plan will be applied.')}`;
  return openFindings(plan).length > 0
    ? `${summary}\n${paint('refusal', 'It breaks rules: nothing of this plan will be applied.')}`
    : summary;
}

/** Never claims more than was compared: secrets that Harbor never returns and unreadable objects may differ. */
function asDeclared({ notCompared, summary, unreadable = [] }: Plan): string {
  if (summary.unread !== undefined)
    return `What could be read matches the declaration, ${unreadable.length === 1 ? '1 object' : `${unreadable.length} objects`} could not be read`;
  return notCompared.length === 0 ? 'Harbor matches the declaration' : 'What was compared matches the declaration';
}

function remaining(plan: Plan): string {
  return summaryText(plan).split('; ').slice(1).join('; ');
}

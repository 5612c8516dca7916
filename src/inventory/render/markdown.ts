import type { ImageReference } from '../reference';
import { byRegistry, countByStatus, STATUS_WORDS, whereOf, type Inventory } from '../report';

/** A comment on GitHub has at most 65,536 characters. */
const MAX_ROWS = 200;

/** A comment for a pull request. */
export function* renderMarkdown(
  inventory: Inventory,
  { head: hasHead = true }: { readonly head?: boolean } = {},
): Iterable<string> {
  const { references } = inventory;
  const counts = countByStatus(references);
  const past = references.filter(({ status }) => status !== 'covered');
  const head = `### Image inventory\n\n${references.length} references: ${counts.covered} covered, ${counts['needs-rewrite']} to rewrite, ${counts.bypass} bypass the cache, ${counts.unresolvable} unresolvable.\n`;
  if (hasHead) yield head;
  if (past.length === 0) return;
  const rows = past
    .slice(0, MAX_ROWS)
    .map((one) => row(whereOf(one), one.reference ?? one.written, STATUS_WORDS[one.status], advice(one)));
  const more = past.length > MAX_ROWS ? `\n${past.length - MAX_ROWS} more are not shown.\n` : '';
  const registries = byRegistry(references).map(({ registry, total, past: count }) => row(registry, total, count));
  yield `${hasHead ? '\n' : ''}${table(['where', 'image', 'status', 'what to do'], rows)}${more}\n${table(['registry', 'references', 'past the cache'], registries)}`;
}

function advice({ target, why }: ImageReference): string {
  return target === undefined ? (why ?? '') : target;
}

function table(heads: readonly string[], rows: readonly string[]): string {
  return `| ${heads.join(' | ')} |\n|${' --- |'.repeat(heads.length)}\n${rows.join('\n')}\n`;
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => code(String(cell))).join(' | ')} |`;
}

/** Text from files must not become markup. */
function code(text: string): string {
  const plain = text.replace(/[\r\n]+/g, ' ').replaceAll('|', '\\|');
  return /^[\w -]*$/.test(plain) ? plain : `\`${plain.replaceAll('`', "'")}\``;
}

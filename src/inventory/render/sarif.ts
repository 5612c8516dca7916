import { compact } from '../../compact';
import type { Status } from '../cache';
import type { ImageReference } from '../reference';
import type { Inventory } from '../report';
import { jsonWithList } from './json-pieces';

/** A level for each status: what no project can serve is an error, what a rewrite can fix a warning. */
const RULES: Readonly<Record<Exclude<Status, 'covered'>, { level: 'error' | 'warning' | 'note'; text: string }>> = {
  bypass: { level: 'error', text: 'The image bypasses the cache, and no project could serve it.' },
  'needs-rewrite': { level: 'warning', text: 'The image bypasses the cache, but a project could serve it.' },
  unresolvable: { level: 'note', text: 'The image is not known from the file.' },
};

/** SARIF 2.1.0: everything that is not pulled through the cache. */
export function renderSarif({ references }: Inventory, version: string): Iterable<string> {
  const ids = Object.keys(RULES) as (keyof typeof RULES)[];
  const rules = ids.map((id) => ({ id: ruleId(id), shortDescription: { text: RULES[id].text } }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'breakwater', version, rules } }, columnKind: 'utf16CodeUnits', results: [] }],
  };
  return jsonWithList(log, 'results', pastTheCache(references), (one) => result(one, one.status, ids));
}

type Past = ImageReference & { readonly status: keyof typeof RULES };

function* pastTheCache(references: readonly ImageReference[]): Iterable<Past> {
  for (const one of references) if (one.status !== 'covered') yield one as Past;
}

/**
 * `endColumn` is left out if it is not after the start, as for an empty place: readers of SARIF refuse such a region.
 */
function result(reference: ImageReference, status: keyof typeof RULES, ids: readonly string[]): object {
  const { file, place } = reference;
  const region =
    place &&
    compact({
      startLine: place.line,
      startColumn: place.column,
      endColumn: place.endColumn > place.column ? place.endColumn : undefined,
    });
  return {
    ruleId: ruleId(status),
    ruleIndex: ids.indexOf(status),
    level: RULES[status].level,
    message: { text: messageOf(reference) },
    locations: [{ physicalLocation: compact({ artifactLocation: { uri: uriOf(file) }, region }) }],
  };
}

/** One line, also for the text of a check. */
export function messageOf({ reference, written, target, why }: ImageReference): string {
  const name = reference ?? written;
  return target === undefined
    ? `${name}: ${why ?? 'not pulled through the cache'}`
    : `${name} can be pulled as ${target}`;
}

function ruleId(status: string): string {
  return `inventory/${status}`;
}

/** Relative to the repository, so that code scanning finds the file; each part is encoded, the slashes are not. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path.replace(/^\.\//, '');
}

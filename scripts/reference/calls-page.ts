import type { AnyKind } from '../../src/kinds/kind';
import { code, table } from './markdown';

/** The API calls of a plan, by kind. */
export function callsPage(kinds: readonly AnyKind[]): string {
  const shown = (call: string | undefined): string => (call === undefined ? '-' : code(call));
  const rows = kinds.map(({ name, calls }) => [`[${name}](${name}.md)`, shown(calls.bulk), shown(calls.perProject)]);
  return [
    '<!-- Written by npm run docs from src/kinds. -->',
    '# API calls of a plan',
    'A kind is read only if an object of it is declared: in bulk, a hundred objects a call, or with one call for each project that declares objects of that kind. `{}` is a project or its id. Tests count these calls.',
    table(['kind', 'in bulk', 'once for each project'], rows),
    '',
  ].join('\n\n');
}

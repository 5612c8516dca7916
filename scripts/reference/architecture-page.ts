import { code, table } from './markdown';
import { APART, ROOMS, SHARED, type Room } from './rooms';

const BEGIN = '<!-- prettier-ignore-start -->\n<!-- Written by npm run docs from scripts/reference/rooms.ts. -->';
const END = '<!-- prettier-ignore-end -->';

/** docs/architecture.md with the current table of rooms. The rest of the page is written by hand. */
export function architecturePage(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('docs/architecture.md has no place for the rooms');
  return `${before}${BEGIN}\n\n${roomsTable()}\n\n${END}${after}`;
}

function roomsTable(): string {
  const rows = Object.entries(ROOMS)
    .filter(([folder]) => folder !== '')
    .map(([folder, room]) => [code(`src/${folder}/`), room.about, mayImport(folder, room)]);
  const shared = SHARED.map((name) => code(`${name}.ts`)).join(', ');
  const apart = APART.map((name) => code(`${name}/`)).join(', ');
  return [
    `Every room but ${apart} may import the small files at the root of src/: ${shared}.`,
    table(['room', 'what is in it', 'may import'], rows),
  ].join('\n\n');
}

function mayImport(folder: string, { values, types = [], packages }: Room): string {
  if (folder === 'app') return 'every room but `cli/`';
  const parts = [
    ...values.map((name) => code(`${name}/`)),
    ...(types.length > 0 ? [`types of ${types.map((name) => code(`${name}/`)).join(', ')}`] : []),
    ...packages.map(code),
  ];
  return parts.length > 0 ? parts.join(', ') : 'nothing';
}

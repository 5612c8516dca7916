import { addressOf, type AnyKind, type Calls, type Example, type Placement } from '../../src/kinds/kind';
import { exampleYaml } from './example';
import { fieldsOf, type Field } from './fields';
import { code, list, table, text } from './markdown';
import { trapsOf } from './traps';

type AnyPlacement = Placement<object>;

/** The reference page of one kind. */
export function pageOf(kind: AnyKind): string {
  const traps = trapsOf(kind);
  return [
    `<!-- Written by npm run docs from src/kinds/${kind.name}.ts. -->`,
    `# ${kind.name}`,
    text(kind.about),
    factsOf(kind),
    ...kind.placements.flatMap((placement: AnyPlacement) => placementOf(kind, placement)),
    ...(traps.length === 0 ? [] : ['## Traps', list(traps)]),
    '',
  ].join('\n\n');
}

function factsOf(kind: AnyKind): string {
  return table(
    ['', ''],
    [
      ['path', kind.placements.map(({ path }: AnyPlacement) => code(path)).join(', ')],
      ['comes after', kind.dependsOn.map((name: string) => `[${name}](${name}.md)`).join(', ') || 'nothing'],
      ['is deleted', kind.deletable ? `with \`--mode sync\` and \`prune: { ${kind.name}: true }\`` : 'never'],
      ...(kind.renames === undefined ? [] : [['is renamed', renaming(kind.renames)]]),
      ['is read with', calls(kind.calls)],
      ['may be read by', permission(kind.access.read)],
      ['may be created by', permission(kind.access.create)],
      ['may be changed by', permission(kind.access.update)],
      ...(kind.alwaysWritten ? [['export writes, even at its default', kind.alwaysWritten.map(code).join(', ')]] : []),
      ...(kind.deletable ? [['may be deleted by', permission(kind.access.remove)]] : []),
    ],
  );
}

function renaming(renames: true | string): string {
  return renames === true ? `with ${code('renamed_from')}, in place` : `never: ${text(renames)}`;
}

/** `GET /labels`, and `GET /labels` for each project */
function calls({ bulk, perProject }: Calls): string {
  const inAll = bulk === undefined ? [] : [code(bulk)];
  const each = perProject === undefined ? [] : [`${code(perProject)} for each project that declares any`];
  return [...inAll, ...each].join(', and ');
}

function permission(name: string): string {
  return name === 'user' ? 'a user; no robot may' : `a user, or a robot with ${code(name)}`;
}

function placementOf(kind: AnyKind, placement: AnyPlacement): string[] {
  const { path, schema, defaultsKey, example } = placement;
  const fields = fieldsOf(schema);
  return [
    `## ${code(path)}`,
    ...(defaultsKey === undefined ? [] : [`Values for many of them can be set in ${code(`defaults.${defaultsKey}`)}.`]),
    ...(fields.length === 0 ? [] : [fieldTable(kind, fields)]),
    ...(example
      ? [`For example ${code(addressOfExample(kind, placement, example))}:`, fenced(exampleYaml(path, example))]
      : []),
  ];
}

function fieldTable(kind: AnyKind, all: readonly Field[]): string {
  const head = ['field', 'type', "Harbor's default", "Harbor's name", 'Harbor', 'what it is'];
  const rows = all.map((field) => [
    field.path === '' ? 'the value' : code(field.path),
    text(field.type) + (field.required && field.path !== '' ? '; **required**' : ''),
    field.default === undefined ? '' : code(field.default),
    nameAtHarbor(kind, field),
    versionsOf(kind, field),
    text(field.about),
  ]);
  return table(head, rows);
}

/** Most fields have the name that they have in Harbor's API; a field below another includes its name. */
function nameAtHarbor({ harborNames = {} }: AnyKind, { path }: Field): string {
  const renamed = Object.keys(harborNames).filter((field) => startsWith(path, field));
  const longest = renamed.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) return code(path);
  const name = harborNames[longest];
  return name ? code(name + path.slice(longest.length)) : 'none';
}

function startsWith(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}

/** `all` those that are supported, else since when, and until when which of its values. */
function versionsOf({ since = {}, until = {} }: AnyKind, { path }: Field): string {
  const values = Object.entries(until).filter(([value]) => value.startsWith(`${path}=`));
  const known = [
    ...(since[path] === undefined ? [] : [`since ${since[path]}`]),
    ...values.map(([value, version]) => `${code(value.slice(path.length + 1))} until ${version}`),
  ];
  return known.join(', ') || 'all';
}

function addressOfExample(kind: AnyKind, placement: AnyPlacement, { names, value }: Example): string {
  return addressOf(kind.name, kind.identity(placement.toSpec(value, names)));
}

function fenced(yaml: string): string {
  return `\`\`\`yaml\n${yaml}\n\`\`\``;
}

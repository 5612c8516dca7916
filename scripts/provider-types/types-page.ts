import type { Attribute, Block, NestedBlock, ProviderSchema, TerraformType } from './schema';

/** The TypeScript of a provider's recorded schema: a type for the provider, each resource and each data source. */
export function typesOf({ source, version, provider, resources, data }: ProviderSchema): string {
  const types = [
    ...typeOf('DockerProvider', provider),
    ...Object.entries(resources).flatMap(([name, block]) => typeOf(pascal(name), block)),
    ...Object.entries(data).flatMap(([name, block]) => typeOf(`Data${pascal(name)}`, block)),
  ];
  return [
    `// Written by \`npm run provider-types\` from the schema of ${source} ${version}; not by hand.`,
    "import type { Reference } from '../src/deployment';",
    '',
    'type Text = string | Reference;',
    '',
    `export const DOCKER_SOURCE = '${source}';`,
    `export const DOCKER_VERSION = '${version}';`,
    '',
    types.join('\n'),
  ].join('\n');
}

/** A type, after one for each of its blocks. */
function typeOf(name: string, { attributes, block_types: blocks }: Block): string[] {
  const inner = Object.entries(blocks).flatMap(([key, { block }]) => typeOf(`${name}${pascal(key)}`, block));
  const lines = [
    ...Object.entries(attributes).map(([key, attribute]) => attributeLine(key, attribute)),
    ...Object.entries(blocks).map(([key, nested]) => blockLine(key, nested, `${name}${pascal(key)}`)),
  ].sort();
  return [...inner, `export type ${name} = {\n${lines.map((line) => `  ${line}\n`).join('')}};\n`];
}

function attributeLine(key: string, { type, required }: Attribute): string {
  return `readonly ${key}${required ? '' : '?'}: ${typescriptOf(type)};`;
}

/** The block itself if it may occur once, otherwise a list. */
function blockLine(key: string, { nesting_mode: mode, min_items: min = 0, max_items: max }: NestedBlock, type: string) {
  const isOne = mode === 'single' || max === 1;
  return `readonly ${key}${min > 0 ? '' : '?'}: ${isOne ? type : `readonly ${type}[]`};`;
}

function typescriptOf(type: TerraformType): string {
  if (typeof type === 'string') return { string: 'Text', number: 'number', bool: 'boolean' }[type] ?? unknownType(type);
  const [of, inner] = type;
  if (of === 'list' || of === 'set') return `readonly ${wrapped(typescriptOf(inner))}[]`;
  if (of === 'map') return `{ readonly [name: string]: ${typescriptOf(inner)} }`;
  const fields = Object.entries(inner as Readonly<Record<string, TerraformType>>);
  return `{ ${fields.map(([key, field]) => `readonly ${key}: ${typescriptOf(field)}`).join('; ')} }`;
}

function wrapped(type: string): string {
  return type.includes(' ') ? `(${type})` : type;
}

function unknownType(type: string): never {
  throw new Error(`unknown type: ${type}`);
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

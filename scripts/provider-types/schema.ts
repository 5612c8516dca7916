/** A type as Terraform writes it in JSON: `"string"`, `["set", "string"]`, `["object", { … }]`. */
export type TerraformType =
  | string
  | readonly ['list' | 'set' | 'map', TerraformType]
  | readonly ['object', Readonly<Record<string, TerraformType>>];

export interface Attribute {
  readonly type: TerraformType;
  readonly required?: true;
  /** Terraform hides it in its output, but not in the state. */
  readonly sensitive?: true;
}

export interface NestedBlock {
  readonly nesting_mode: 'single' | 'list' | 'set' | 'map';
  readonly min_items?: number;
  readonly max_items?: number;
  readonly block: Block;
}

export interface Block {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly block_types: Readonly<Record<string, NestedBlock>>;
}

/** The part of a provider's schema that the stacks use, without descriptions and outputs. */
export interface ProviderSchema {
  /** `kreuzwerker/docker` */
  readonly source: string;
  readonly version: string;
  readonly provider: Block;
  readonly resources: Readonly<Record<string, Block>>;
  readonly data: Readonly<Record<string, Block>>;
}

interface RawAttribute {
  readonly type?: TerraformType;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly sensitive?: boolean;
  readonly deprecated?: boolean;
}

interface RawBlock {
  readonly attributes?: Readonly<Record<string, RawAttribute>>;
  readonly block_types?: Readonly<
    Record<string, Omit<NestedBlock, 'block'> & { readonly block: RawBlock & { readonly deprecated?: boolean } }>
  >;
}

interface RawProvider {
  readonly provider: { readonly block: RawBlock };
  readonly resource_schemas: Readonly<Record<string, { readonly block: RawBlock }>>;
  readonly data_source_schemas: Readonly<Record<string, { readonly block: RawBlock }>>;
}

export interface Wanted {
  readonly source: string;
  readonly version: string;
  readonly resources: readonly string[];
  readonly data: readonly string[];
}

/** @param schemas the output of `terraform providers schema -json` */
export function reduceSchema(schemas: unknown, { source, version, resources, data }: Wanted): ProviderSchema {
  const { provider_schemas: all } = schemas as { readonly provider_schemas: Readonly<Record<string, RawProvider>> };
  // Terraform and OpenTofu have different registries.
  const raw = Object.entries(all).find(([address]) => address.endsWith(`/${source}`))?.[1];
  if (!raw) throw new Error(`the schema has no ${source}: it has ${Object.keys(all).join(', ')}`);
  const pick = (from: Readonly<Record<string, { readonly block: RawBlock }>>, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, reduceBlock(name, from[name]?.block)]));
  return {
    source,
    version,
    provider: reduceBlock('provider', raw.provider.block),
    resources: pick(raw.resource_schemas, resources),
    data: pick(raw.data_source_schemas, data),
  };
}

/** Only what can be written: an attribute that is neither required nor optional is an output. */
function reduceBlock(name: string, raw: RawBlock | undefined): Block {
  if (!raw) throw new Error(`the provider has no ${name}`);
  const attributes = Object.entries(raw.attributes ?? {}).flatMap(([key, { type, required, optional, ...more }]) => {
    if (type === undefined || more.deprecated || !(required || optional)) return [];
    const flags = { ...(required && { required }), ...(more.sensitive && { sensitive: true as const }) };
    return [[key, { type, ...flags }] as const];
  });
  const blocks = Object.entries(raw.block_types ?? {}).flatMap(([key, { block, ...nested }]) =>
    block.deprecated ? [] : [[key, { ...nested, block: reduceBlock(key, block) }] as const],
  );
  return { attributes: Object.fromEntries(attributes), block_types: Object.fromEntries(blocks) };
}

/** Neither: the schema of the declaration. */
export interface SchemaOptions {
  /** Of the report that `conform` writes. */
  readonly report?: boolean;
  /** Of stacks/environments. */
  readonly environment?: boolean;
}

/** Each schema is loaded with its own parts only. */
export async function schemaOf({ report, environment }: SchemaOptions): Promise<object> {
  if (report) return (await import('../conformance/index.js')).reportSchema();
  const { assembleSchema, publishedSchema } = await import('../declaration/schema/schema.js');
  const { withExternal } = await import('../declaration/expand/external.js');
  if (environment)
    return publishedSchema('environment', (await import('../deploy/environment-schema.js')).environmentSchema);
  const { clients, withClientOptions } = await import('../clients/index.js');
  const schema = withExternal(assembleSchema((await import('../kinds/index.js')).kinds));
  return publishedSchema('declaration', withClientOptions(schema, clients));
}

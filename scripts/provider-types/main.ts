import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { reduceSchema, type ProviderSchema } from './schema';
import { typesOf } from './types-page';

export const RECORD = 'scripts/provider-types/docker.json';
export const TYPES = 'stacks/docker-types.ts';

const USED = {
  source: 'kreuzwerker/docker',
  resources: ['docker_container', 'docker_image', 'docker_network'],
  data: ['docker_image', 'docker_network'],
} as const;

/**
 * `npm run provider-types [SCHEMA VERSION]`: writes the types of the provider's resources. With the output of
 * `terraform providers schema -json` and its version, the record is updated first.
 */
async function main([schema, version]: readonly string[]): Promise<void> {
  if (schema !== undefined) {
    if (version === undefined) throw new Error('the version of the provider is missing after the file');
    const record = reduceSchema(JSON.parse(readFileSync(schema, 'utf8')), { ...USED, version });
    writeFileSync(RECORD, await formatted(RECORD, JSON.stringify(record)));
  }
  const record = JSON.parse(readFileSync(RECORD, 'utf8')) as ProviderSchema;
  writeFileSync(TYPES, await formatted(TYPES, typesOf(record)));
}

async function formatted(file: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});

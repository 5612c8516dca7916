import { readFileSync, writeFileSync } from 'node:fs';
import { formatted } from '../formatted';
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
function main([schema, version]: readonly string[]): void {
  if (schema !== undefined) {
    if (version === undefined) throw new Error('the version of the provider is missing after the file');
    const record = reduceSchema(JSON.parse(readFileSync(schema, 'utf8')), { ...USED, version });
    writeFileSync(RECORD, formatted(RECORD, JSON.stringify(record)));
  }
  const record = JSON.parse(readFileSync(RECORD, 'utf8')) as ProviderSchema;
  writeFileSync(TYPES, formatted(TYPES, typesOf(record)));
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}

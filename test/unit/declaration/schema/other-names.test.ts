import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEYS_BY_OTHER_NAME } from '../../../../src/declaration/schema/other-names';
import { cli, directoryWith } from '../../../support/cli';

const HARBOR = 'harbor: { url: "https://harbor.example.com", username: admin, password: { env: P } }\n';

it.each([
  ['projects: { p: { quota: 10GiB } }', 'write "storage_limit"'],
  ['projects: { p: { visibility: public } }', 'write "public"'],
  ['projects: { p: { private: true } }', 'write "public: false"'],
  ['projects: { p: { upstream: hub } }', 'write "registry"'],
  ['registries: { hub: { provider: docker-hub } }', 'write "type"'],
  [
    'registries: { h: { type: docker-hub, credential: { username: u, access_secret: { env: S } } } }',
    'write "access_key"',
  ],
  ['projects: { p: { robots: { ci: { duration: 1, permissions: [] } } } }', 'write "access"'],
])('%s: %s', async (declared, hint) => {
  const policies = directoryWith({ 'policies.yaml': `${HARBOR}${declared}\n` });
  const { code, err, out } = await cli(['validate', '--policies', policies]);
  expect(code).toBe(1);
  expect(out + err).toContain(`hint: ${hint}`);
});

it('names only keys that a declaration has', () => {
  const schema = readFileSync(join(__dirname, '../../../../schemas/declaration.schema.json'), 'utf8');
  const named = [...new Set([...KEYS_BY_OTHER_NAME.values()].flat().map((key) => key.replace(/:.*/, '')))];
  expect(named.filter((key) => !schema.includes(`"${key}":`))).toEqual([]);
});

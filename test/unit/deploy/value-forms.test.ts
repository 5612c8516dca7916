import { loadInputs } from '../../../src/deploy/inputs';
import { environmentSchema } from '../../../src/deploy';
import { DURATION_PATTERN } from '../../../src/duration';
import { join } from 'node:path';
import { directoryWith } from '../../support/cli';

/** Paths of patterns that have no words for a reader; durations have a hint of their own. */
function wordless(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { pattern, title } = schema as Record<string, unknown>;
  const own = typeof pattern === 'string' && pattern !== DURATION_PATTERN && typeof title !== 'string' ? [path] : [];
  return [...own, ...Object.entries(schema).flatMap(([key, inner]) => wordless(inner, `${path}.${key}`))];
}

describe('values of an environment file with a wrong form', () => {
  it('have words in the schema for what is expected', () => {
    expect(wordless(environmentSchema)).toEqual([]);
  });

  it('are reported with the form that is expected', async () => {
    const file = `harbor:
  version: '2.15'
  hostname: Registry.corp.internal
  redis: { addresses: [redis.corp.internal] }
  storage: { s3: { bucket: b, region: eu } }
host: { address: 'https://vm.corp.internal', free: { data: 20 GB } }
edge: { listen: { addresses: ['[::1]'] }, proxies: { trusted: [10.0.0.1], protocol: proxy }, certificate: { self_signed: true } }
`;
    const stacks = join(directoryWith({ 'stacks/environments/prod.yaml': file }), 'stacks');
    const { diagnostics } = await loadInputs(stacks, 'prod');
    expect(diagnostics.filter(({ rule }) => rule === 'bad-format').map(({ message }) => message)).toEqual([
      'harbor.version: "2.15" is not a release such as v2.15.2',
      'harbor.hostname: "Registry.corp.internal" is not a host name in lower case',
      'harbor.redis.addresses[0]: "redis.corp.internal" is not host:port',
      'harbor.storage.s3.bucket: "b" is not the name of a bucket: at least 3 letters, digits, dots, hyphens or underscores',
      'host.address: "https://vm.corp.internal" is not a host name or an IP address',
      'host.free.data: "20 GB" is not a size such as 20GiB',
      'edge.listen.addresses[0]: "[::1]" is not an IP address without a port',
      'edge.proxies.trusted[0]: "10.0.0.1" is not a network such as 10.0.0.0/8',
    ]);
  });

  it('have one spelling of their place, also if the form is right and the value is not', async () => {
    const file = `harbor: { version: v2.15.2, hostname: registry.corp.internal }
host: { address: vm.corp.internal }
edge: { listen: { addresses: ['10.0.0.1:443'] }, certificate: { self_signed: true } }
`;
    const stacks = join(directoryWith({ 'stacks/environments/prod.yaml': file }), 'stacks');
    const { diagnostics } = await loadInputs(stacks, 'prod');
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        path: 'edge.listen.addresses[0]',
        message: 'edge.listen.addresses[0]: "10.0.0.1:443" is not an IP address',
      }),
    );
  });
});

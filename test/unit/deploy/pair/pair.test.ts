import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadEnvironment } from '../../../../src/deploy/load-environment';
import { loadHostSettings } from '../../../../src/deploy/host-settings';
import type { Environment } from '../../../../src/deploy/environment';

const whole = {
  topology: 'pair',
  harbor: {
    version: 'v2.15.2',
    hostname: 'harbor.corp.internal',
    database: { host: 'db.corp.internal' },
    redis: { addresses: ['redis.corp.internal:6379'] },
    storage: { s3: { bucket: 'layers', region: 'eu', regionendpoint: 'https://s3.corp.internal' } },
  },
  host: { addresses: ['harbor-a.corp.internal', '10.20.0.12'], user: 'ops' },
  pair: {
    keepalived: {
      virtual_address: '10.20.0.10/24',
      interface: 'eth0',
      addresses: ['10.20.0.11', '10.20.0.12'],
    },
  },
  edge: { certificate: { acme: { email: 'ops@corp.internal', dns_provider: 'route53' } } },
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'breakwater-pair-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

async function load(name: string, file: object = whole): Promise<{ environment?: Environment; said: string[] }> {
  writeFileSync(join(directory, 'prod.yaml'), stringify(file));
  const { environment, diagnostics } = await loadEnvironment(directory, name);
  const said = diagnostics.map(({ rule, path = '' }) => `${rule} ${path}`.trim());
  return environment ? { environment, said } : { said };
}

describe('topology: pair', () => {
  it('is one file and two environments, which differ only in their machine', async () => {
    const [a, b] = [(await load('prod-a')).environment!, (await load('prod-b')).environment!];
    expect([a.name, a.host?.address, a.node]).toEqual(['prod-a', 'harbor-a.corp.internal', { pair: 'prod', id: 'a' }]);
    expect([b.name, b.host?.address, b.node]).toEqual(['prod-b', '10.20.0.12', { pair: 'prod', id: 'b' }]);
    expect(a.harbor).toEqual(b.harbor);
    expect(a.host?.user).toBe('ops');
    expect((await load('prod')).environment?.host?.address).toBeUndefined();
  });

  it('leaves a file of that name alone, and has no third machine', async () => {
    const single = { harbor: whole.harbor, host: { address: 'other.corp.internal' } };
    writeFileSync(join(directory, 'prod-a.yaml'), stringify(single));
    expect((await load('prod-a')).environment?.host?.address).toBe('other.corp.internal');
    rmSync(join(directory, 'prod-a.yaml'));
    expect((await load('prod-c')).said).toEqual(['unknown-environment']);
    expect((await load('prod-a', single)).said).toEqual(['unknown-environment']);
  });

  it('uses the host settings of a machine, or of the pair', async () => {
    writeFileSync(join(directory, 'prod.host.yaml'), 'docker_host_manage_service: true\n');
    expect((await loadHostSettings(directory, 'prod-a', undefined, 'prod')).file).toBe(
      join(directory, 'prod.host.yaml'),
    );
    expect((await loadHostSettings(directory, 'prod-a')).file).toBeUndefined();
    writeFileSync(join(directory, 'prod-a.host.yaml'), 'docker_host_manage_service: false\n');
    expect((await loadHostSettings(directory, 'prod-a', undefined, 'prod')).file).toBe(
      join(directory, 'prod-a.host.yaml'),
    );
    for (const name of ['prod.host.yaml', 'prod-a.host.yaml']) rmSync(join(directory, name));
  });

  const { database: _database, ...noDatabase } = whole.harbor;
  const { redis: _redis, ...noRedis } = whole.harbor;
  const { storage: _storage, ...noStorage } = whole.harbor;
  const keepalived = whole.pair.keepalived;
  it.each([
    ['a database in a container', { harbor: noDatabase }, ['local-state harbor']],
    ['a Redis in a container', { harbor: noRedis }, ['local-state harbor']],
    ['images on a disk', { harbor: noStorage }, ['local-state harbor']],
    [
      'a database on a machine of the pair',
      { harbor: { ...whole.harbor, database: { host: 'harbor-a.corp.internal' } } },
      ['state-on-machine harbor.database.host'],
    ],
    [
      'a Redis on a machine of the pair, by its other address',
      { harbor: { ...whole.harbor, redis: { addresses: ['10.20.0.11:6379'] } } },
      ['state-on-machine harbor.redis.addresses[0]'],
    ],
    [
      'a storage on the machine itself',
      {
        harbor: {
          ...whole.harbor,
          storage: { s3: { bucket: 'layers', region: 'eu', regionendpoint: 'http://127.0.0.1:9000' } },
        },
      },
      ['state-on-machine harbor.storage.s3.regionendpoint'],
    ],
    ['no machines', { host: { address: 'harbor.corp.internal' } }, ['missing-key host']],
    ['nothing in front', { pair: undefined }, ['missing-key']],
    ['two fronts', { pair: { keepalived, balancer: true } }, ['out-of-range pair']],
    [
      'a virtual address that a machine has',
      { pair: { keepalived: { ...keepalived, virtual_address: '10.20.0.11/24' } } },
      ['taken-address pair.keepalived.virtual_address'],
    ],
    [
      'an invalid address',
      { pair: { keepalived: { ...keepalived, addresses: ['10.20.0.11', '10.20.0.999'] } } },
      ['bad-address pair.keepalived.addresses[1]'],
    ],
    [
      'a certificate that only one machine gets',
      { edge: { certificate: { acme: { email: 'ops@corp.internal', challenge: 'http-01' } } } },
      ['certificate-of-one edge.certificate.acme.challenge'],
    ],
    [
      'two self-signed certificates',
      { edge: { certificate: { self_signed: true } } },
      ['certificate-of-one edge.certificate.self_signed'],
    ],
    [
      'a port at an address of one machine',
      { edge: { ...whole.edge, listen: { addresses: ['10.20.0.10'] } } },
      ['not-with-pair edge.listen.addresses'],
    ],
    ['no topology', { topology: undefined }, ['useless-key pair', 'useless-key host.addresses']],
  ])('refuses %s', async (_what, change, expected) => {
    const { environment, said } = await load('prod', { ...whole, ...change });
    expect(said.sort()).toEqual([...expected].sort());
    expect(environment).toBeUndefined();
  });

  it('takes a balancer of your own', async () => {
    expect((await load('prod', { ...whole, pair: { balancer: true } })).said).toEqual([]);
  });
});

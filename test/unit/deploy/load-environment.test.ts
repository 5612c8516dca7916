import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderDiagnostics } from '../../../src/declaration/render/text';
import { loadInputs } from '../../../src/deploy/inputs';
import { SERVICES } from '../../../src/deploy/harbor';

const DIGEST = 'a'.repeat(64);
const ENVIRONMENT = `harbor: { version: v2.15.0, hostname: registry.corp.internal }
host: { address: vm.corp.internal }
edge: { certificate: { self_signed: true } }
`;
const IMAGES = `harbor:
  v2.15.0:
${SERVICES.map((id) => `    ${id}: { image: "goharbor/${id}:v2.15.0@sha256:${DIGEST}" }`).join('\n')}
traefik: { image: "traefik:v3.7.9@sha256:${DIGEST}" }
`;
const PREPARED = {
  schemaVersion: 1,
  harborVersion: 'v2.15.0',
  hostname: 'registry.corp.internal',
  dataVolume: '/data',
  preparedDirectory: '/opt/harbor/prepared',
  services: Object.fromEntries(SERVICES.map((id) => [id, DIGEST])),
};

const withLogins = (...addresses: string[]): string => {
  const logins = addresses.map((address) => `{ address: "${address}", config_file: ~/.docker/config.json }`);
  return ENVIRONMENT.replace('vm.corp.internal }', `vm.corp.internal, registry_auth: [${logins.join(', ')}] }`);
};

describe('the inputs of the stacks', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'breakwater-stacks-'));
    for (const folder of ['environments', 'prepared']) mkdirSync(join(directory, folder));
    write('environments/prod.yaml', ENVIRONMENT);
    write('images.yaml', IMAGES);
    write('prepared/prod.json', JSON.stringify(PREPARED));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const write = (path: string, text: string): void => writeFileSync(join(directory, path), text);
  const load = (name = 'prod') => loadInputs(directory, name);

  it('take a login for a registry that a pinned image comes from', async () => {
    write('images.yaml', IMAGES.replace('goharbor/core', 'registry.corp.internal:5000/goharbor/core'));
    write('environments/prod.yaml', withLogins('registry.corp.internal:5000', 'docker.io'));
    expect((await load()).diagnostics).toEqual([]);
  });

  it.each(['index.docker.io', 'registry.corp.internal', 'goharbor'])(
    'refuse a login for %s, which no image needs',
    async (address) => {
      write('environments/prod.yaml', withLogins(address));
      const { diagnostics } = await load();
      expect(diagnostics).toEqual([
        expect.objectContaining({ rule: 'unused-login', message: expect.stringContaining(`comes from ${address}`) }),
      ]);
      expect(diagnostics[0]!.at).toMatchObject({ line: 2 });
    },
  );

  it.each(['config.json', '../config.json', './.docker/config.json'])(
    'refuse %s, which is no absolute path',
    async (file) => {
      write('environments/prod.yaml', withLogins('docker.io').replace('~/.docker/config.json', file));
      expect((await load()).diagnostics).toEqual([expect.objectContaining({ rule: 'bad-format' })]);
    },
  );

  async function findings(name?: string): Promise<string[]> {
    const { diagnostics } = await load(name);
    return diagnostics.map(({ rule, message, hint, at }) => {
      const where = at ? `${at.file.slice(directory.length + 1)}:${at.line}:${at.column}` : '-';
      return `${where} ${rule} ${message} | ${hint ?? ''}`;
    });
  }

  it.each([
    ['a template in a user of Redis', 'redis: { addresses: ["r:6379"], username: "{{ 1 }}" }', 'bad-format'],
    ['a template in a proxy', 'http: "http://{{x}}"', 'bad-format'],
    ['a template in flags', `flags: "{{ lookup('pipe', 'id') }}"`, 'template'],
    ['a statement in a file', 'files: ["a{% if x %}b"]', 'template'],
    ['a comment in a file', 'files: ["a{# b"]', 'template'],
    ['a line break in flags', 'flags: "-n\\nansible_become_user: x"', 'control-character'],
    ['a line break in no_proxy', 'no_proxy: "a\\nEnvironment=B=c"', 'bad-format'],
    ['a quote in no_proxy', 'no_proxy: "a\\" B=c"', 'bad-format'],
    ['a user of the database with a space', 'username: "a sslmode=disable"', 'bad-format'],
    ['a host of the database with a setting', 'host: "pg sslmode=disable"', 'bad-format'],
    ['a bucket with a comment', 'bucket: "abc #d"', 'bad-format'],
  ])('refuse %s', async (_, value, rule) => {
    const section: Record<string, (text: string) => string> = {
      redis: (text) => ENVIRONMENT.replace('internal }', `internal, ${text} }`),
      username: (text) => ENVIRONMENT.replace('internal }', `internal, database: { host: pg, ${text} } }`),
      host: (text) => ENVIRONMENT.replace('internal }', `internal, database: { ${text} } }`),
      bucket: (text) => ENVIRONMENT.replace('internal }', `internal, storage: { s3: { region: eu, ${text} } } }`),
      http: (text) => ENVIRONMENT.replace('vm.corp.internal }', `vm.corp.internal, proxy: { ${text} } }`),
      no_proxy: (text) => ENVIRONMENT.replace('vm.corp.internal }', `vm.corp.internal, proxy: { ${text} } }`),
      flags: (text) => ENVIRONMENT.replace('vm.corp.internal }', `vm.corp.internal, become: { ${text} } }`),
      files: (text) => ENVIRONMENT.replace('vm.corp.internal }', `vm.corp.internal, vault: { ${text} } }`),
    };
    write('environments/prod.yaml', section[value.split(':')[0]!]!(value));
    const { diagnostics } = await load();
    expect(diagnostics.map((one) => one.rule)).toEqual([rule]);
    expect(diagnostics[0]!.at?.line).toBe(value.startsWith('redis') || /^(username|host|bucket)/.test(value) ? 1 : 2);
  });

  it.each([
    'database: { host: pg.corp.internal, name: harbor, username: harbor@pg }',
    'redis: { addresses: ["r:1"], username: h }',
  ])('take %s', async (text) => {
    write('environments/prod.yaml', ENVIRONMENT.replace('internal }', `internal, ${text} }`));
    expect((await load()).diagnostics).toEqual([]);
  });

  it('are complete if everything fits', async () => {
    const { inputs, diagnostics } = await load();
    expect(diagnostics).toEqual([]);
    expect(inputs).toMatchObject({ environment: { name: 'prod' }, prepared: { harborVersion: 'v2.15.0' } });
  });

  it.each([
    [
      'a sample hostname',
      'registry.corp.internal',
      'reg.mydomain.com',
      '1:39 sample-hostname harbor.hostname: "reg.mydomain.com" is a sample name',
    ],
    [
      'another',
      'registry.corp.internal',
      'harbor.example.com',
      '1:39 sample-hostname harbor.hostname: "harbor.example.com" is a sample name',
    ],
    [
      'an address',
      'registry.corp.internal',
      '192.0.2.7',
      '1:39 sample-hostname harbor.hostname: "192.0.2.7" is an IP address',
    ],
    [
      'a name without a domain',
      'registry.corp.internal',
      'harbor',
      '1:39 sample-hostname harbor.hostname: "harbor" has no domain',
    ],
    ['a missing hostname', ', hostname: registry.corp.internal', '', '1:1 missing-key harbor: "hostname" is missing'],
    [
      'a sample machine',
      'vm.corp.internal',
      'vm.example.com',
      '2:18 sample-hostname host.address: "vm.example.com" is a sample name',
    ],
    [
      'a misspelt key',
      'hostname:',
      'hostnam:',
      '1:29 unknown-key harbor.hostnam: unknown key | did you mean "hostname"?',
    ],
    [
      'a password',
      'version: v2.15.0',
      'database: { host: db.corp.internal, password: x }, version: v2.15.0',
      'unknown-key harbor.database.password: unknown key | do not write secrets into this file: Ansible reads them from',
    ],
    [
      'no machine at all, for Harbor would run on the one that deploys',
      'host: { address: vm.corp.internal }\n',
      '',
      '1:1 missing-key "host" is missing: the machine that runs Harbor | add host: { address: NAME }',
    ],
    ['a data volume that climbs', 'version:', 'data_volume: /data/../etc, version:', 'bad-format harbor.data_volume'],
    ['a wait without a unit', 'version:', 'waits: { core: 60 }, version:', 'bad-format harbor.waits.core'],
    ['a wait of no time', 'version:', 'waits: { postgresql: 0m }, version:', 'bad-format harbor.waits.postgresql'],
    [
      'the same subnet twice',
      'version:',
      'networks: { edge: 10.213.10.0/24 }, version:',
      'same-subnet harbor.networks.edge: 10.213.10.0/24 is the subnet of internal as well',
    ],
    [
      'two certificates',
      'self_signed: true',
      'self_signed: true, files: { certificate: /etc/tls/a/a.crt, key: /etc/tls/a/a.key }',
      '3:22 out-of-range edge.certificate: must have at most one key | Source of the certificate: exactly one of acme,',
    ],
    [
      'an invalid subnet',
      'version:',
      'networks: { edge: 10.213.300.0/24 }, version:',
      '1:29 bad-network harbor.networks.edge: 10.213.300.0/24 is not a network',
    ],
    [
      'no way to the machine',
      '{ address: vm.corp.internal }',
      '{ user: deploy }',
      '2:1 bad-value host: must have exactly one of address, local',
    ],
    [
      'a version without pins',
      'v2.15.0',
      'v2.14.9',
      'no-pins harbor.v2.14.9: no image of this release is pinned | pinned releases: v2.15.0',
    ],
  ])('name %s, with its place', async (_what, from, to, expected) => {
    write('environments/prod.yaml', ENVIRONMENT.replace(from, to));
    const all = await findings();
    expect(all.join('\n')).toContain(expected);
    expect((await load()).inputs).toBeUndefined();
  });

  it('show no secret next to the place of another one', async () => {
    const keys = 'accesskey: AKIA0, secretkey: hunter2, secret_access_key: hunter3';
    const storage = `storage: { s3: { bucket: layers, region: eu, ${keys} } }`;
    write('environments/prod.yaml', ENVIRONMENT.replace('version:', `${storage}, version:`));
    const { diagnostics, sources } = await load();
    const shown = renderDiagnostics(diagnostics, { sources });
    expect(shown).toContain('harbor.storage.s3.secretkey: unknown key');
    expect(shown).not.toContain('hunter');
  });

  const MACHINE = `machine:
  { provider: hetzner, zone: fsn1, size: cx33, image: debian-12, disk_gib: 50, ssh: { keys: [ssh-ed25519 AAAA], from: [192.0.2.0/24] } }
`;

  it.each([
    [
      'another port of sshd',
      'port: 2222',
      '2:42 closed-port host.port: the firewall of machine: allows ssh only on port 22',
    ],
    ['sshd where it is', 'port: 22', undefined],
  ])('hold host: against machine: with %s', async (_what, port, expected) => {
    const address = 'address: vm.corp.internal';
    write('environments/prod.yaml', ENVIRONMENT.replace(address, `${address}, ${port}`) + MACHINE);
    const all = await findings();
    expect(all).toEqual(expected === undefined ? [] : [expect.stringContaining(expected)]);
  });

  it.each([
    ['gcs: { bucket: layers }', 'the registry would have neither the key file nor a way out of its network'],
    ['azure: { accountname: abc, container: layers }', 'the registry would have no way out of its network'],
  ])('refuse the storage %s on a host, with the reason', async (storage, why) => {
    const harbor = 'hostname: registry.corp.internal';
    write('environments/prod.yaml', ENVIRONMENT.replace(harbor, `${harbor}, storage: { ${storage} }`));
    expect(await findings()).toEqual([expect.stringContaining(`not supported on a host: ${why}`)]);
    expect((await load()).inputs).toBeUndefined();
  });

  it('refuse a machine together with the Docker of this one', async () => {
    write('environments/prod.yaml', ENVIRONMENT.replace('address: vm.corp.internal', 'local: true') + MACHINE);
    expect((await findings()).join()).toContain(
      '2:16 unused-machine host.local: Harbor would not run on the created machine',
    );
  });

  it('name everything that is ignored together with cluster:, with its place', async () => {
    const sample = readFileSync(join('stacks', 'environments', 'example-cluster.yaml'), 'utf8');
    const lines = ['host: { address: vm.corp.internal }', 'edge: { certificate: { self_signed: true } }'];
    write(
      'environments/prod.yaml',
      `${sample.replace('harbor:', 'harbor:\n  data_volume: /data')}${lines.join('\n')}\n`,
    );
    const useless = (await findings()).filter((line) => line.includes('useless-key'));
    expect(useless.map((line) => line.split(' ')[2])).toEqual(['harbor.data_volume:', 'host:', 'edge:']);
    expect(useless[2]).toContain('remove it: cluster.ingress or cluster.gateway replaces it');
  });

  it('accept sample names in a file marked as a sample', async () => {
    write(
      'environments/prod.yaml',
      `sample: true\n${ENVIRONMENT.replace('registry.corp.internal', 'harbor.example.com')}`,
    );
    expect((await load()).inputs).toBeDefined();
  });

  it('refuse an image without a digest, at its position', async () => {
    write('images.yaml', IMAGES.replace(`goharbor/core:v2.15.0@sha256:${DIGEST}`, 'goharbor/core:v2.15.0'));
    const all = (await findings()).join('\n');
    expect(all).toContain('images.yaml:7:20 bad-format harbor.v2.15.0.core.image: "goharbor/core:v2.15.0"');
    expect(all).toContain('name:tag@sha256:…');
  });

  it('refuse an image of another release under the name of this one', async () => {
    write('images.yaml', IMAGES.replace('goharbor/core:v2.15.0@', 'goharbor/core:v2.15.1@'));
    expect((await findings()).join('\n')).toContain('images.yaml:7:20 other-release harbor.v2.15.0.core.image');
  });

  it('refuse an image that this release does not have', async () => {
    write('images.yaml', IMAGES.replace('goharbor/redis:v2.15.0@', 'mirror.corp/hub/valkey-photon:v2.15.0@'));
    const all = (await findings()).join('\n');
    expect(all).toContain('other-image harbor.v2.15.0.redis.image: valkey-photon is not redis of Harbor v2.15.0');
    expect(all).toContain('pin redis-photon');
  });

  it('report a missing pin only for services that run', async () => {
    const without = (id: string) =>
      IMAGES.split('\n')
        .filter((line) => !line.startsWith(`    ${id}:`))
        .join('\n');
    write('images.yaml', without('core'));
    expect((await findings()).join('\n')).toContain('no-pin harbor.v2.15.0: no image is pinned for core');
    write('images.yaml', without('exporter'));
    expect(await findings()).toEqual([]);
  });

  it.each([
    ['another version', { harborVersion: 'v2.14.4' }, 'the host was prepared for v2.14.4, but v2.15.0 is declared'],
    ['another name', { hostname: 'old.corp.internal' }, 'the host was prepared for old.corp.internal'],
    ['fewer services', { services: { core: DIGEST } }, 'nothing is prepared for registry'],
  ])('skip harbor if the host was prepared for %s', async (_what, change, message) => {
    write('prepared/prod.json', JSON.stringify({ ...PREPARED, ...change }));
    const { inputs, diagnostics } = await load();
    expect(diagnostics.map((one) => one.severity)).toContain('warning');
    expect((await findings()).join('\n')).toContain(message);
    expect(inputs?.prepared).toBeUndefined();
  });

  it('suggest the name of an environment', async () => {
    expect(await findings('prd')).toEqual([expect.stringContaining('did you mean "prod"?')]);
  });
});

import { parse } from 'yaml';
import { inPython } from './python';

const FILE = 'harbor_adopt/filter_plugins/harbor_adopt.py';

/** harbor.yml as the installer of 2.14 brings it, with a certificate. */
const HARBOR_YML = `
hostname: registry.corp.example
http: { port: 80 }
https: { port: 443, certificate: /data/cert/server.crt, private_key: /data/cert/server.key }
harbor_admin_password: Harbor12345
database: { password: root123, max_idle_conns: 100, max_open_conns: 900, conn_max_lifetime: 5m, conn_max_idle_time: 0 }
data_volume: /data
trivy: { ignore_unfixed: false, skip_update: false, db_repository: ghcr.io/aquasecurity/trivy-db, timeout: 5m0s }
jobservice: { max_job_workers: 10, job_loggers: [STD_OUTPUT, FILE], logger_sweeper_duration: 1 }
log: { level: info, local: { rotate_count: 50, rotate_size: 200M, location: /var/log/harbor } }
_version: 2.14.0
proxy: { http_proxy: , https_proxy: , no_proxy: , components: [core, jobservice, registry, trivy] }
upload_purging: { enabled: true, age: 168h, interval: 24h, dryrun: false }
`;

/** What the role writes, as far as it matters here. */
const NEW = parse(HARBOR_YML.replace(/^(https|harbor_admin_password|_version):.*$/gm, '')) as object;

interface Found {
  harbor_yml: { value?: Record<string, unknown>; error?: string };
  environment: Record<string, unknown>;
  look: Record<string, unknown>;
  [key: string]: unknown;
}

const container = (name: string, image: string, more: object = {}): object => ({
  name,
  image: `goharbor/${image}`,
  running: true,
  directory: '/opt/harbor',
  project: 'harbor',
  service: name.replace('harbor-', ''),
  ours: false,
  ...more,
});
const part = (name: string, more: object = {}): object => ({
  name,
  path: `/data/${name}`.replace(/\/$/, ''),
  link: '',
  own_disk: false,
  mib: 100,
  empty: false,
  ...more,
});

function installation(): Found {
  return {
    harbor_yml: { value: parse(HARBOR_YML) as Record<string, unknown> },
    environment: {
      hostname: 'registry.corp.example',
      version: 'v2.15.2',
      data_volume: '/data',
      trivy: false,
      metrics: false,
      log_container: false,
      database: {},
    },
    new: NEW,
    look: {
      source: '/opt/harbor',
      compose_yml: true,
      compose: ['docker', 'compose'],
      versions: ['v2.14.2'],
      containers: [container('harbor-core', 'harbor-core:v2.14.2'), container('harbor-db', 'harbor-db:v2.14.2')],
      secretkey: 16,
      database: { majors: ['15'], old: false },
      parts: [part(''), part('database'), part('registry'), part('redis'), part('secret')],
      room: { '/data': { mib: 50_000, device: 1 }, '/var/backups/harbor': { mib: 50_000, device: 1 } },
    },
    accepted: [],
    resumed: false,
    passwords: { given: '', theirs: 'root123' },
    room: { '/data': 300, '/var/backups/harbor': 300 },
  };
}

type Fault = { readonly rule: string; readonly message: string; readonly hint: string };

async function faults(change: (found: Found) => void): Promise<Fault[]> {
  const found = installation();
  change(found);
  return (await inPython(FILE, 'm.harbor_adopt_faults(given)', found)) as Fault[];
}

const yml = (over: Record<string, unknown>) => (found: Found) => void Object.assign(found.harbor_yml.value!, over);
const env = (over: Record<string, unknown>) => (found: Found) => void Object.assign(found.environment, over);
const look = (over: Record<string, unknown>) => (found: Found) => void Object.assign(found.look, over);
const parts =
  (...more: object[]) =>
  (found: Found) =>
    void (found.look['parts'] as object[]).push(...more);
const containers =
  (...more: object[]) =>
  (found: Found) =>
    void (found.look['containers'] as object[]).push(...more);
const both =
  (...changes: ((found: Found) => void)[]) =>
  (found: Found) =>
    changes.forEach((change) => change(found));

const EXTERNAL = {
  harbor: { host: 'pg', port: 5432, db_name: 'registry', username: 'harbor', password: 'x', ssl_mode: 'verify-full' },
};
const DECLARED = { database: { host: 'pg', username: 'harbor' } };

describe('is taken over:', () => {
  it.each<[string, (found: Found) => void]>([
    ['the default installation', () => undefined],
    ['2.13', look({ versions: ['v2.13.5'], containers: [container('harbor-core', 'harbor-core:v2.13.5')] })],
    [
      'the same release',
      both(look({ versions: ['v2.15.2'], containers: [container('harbor-core', 'harbor-core:v2.15.2')] })),
    ],
    ['another data volume', both(yml({ data_volume: '/srv/harbor' }), env({ data_volume: '/srv/harbor' }))],
    ['with Trivy', both(containers(container('trivy-adapter', 'trivy-adapter-photon:v2.14.2')), env({ trivy: true }))],
    ['an external database', both(yml({ external_database: EXTERNAL }), env(DECLARED))],
    [
      'an external database of another name',
      both(
        yml({ external_database: { harbor: { ...EXTERNAL.harbor, db_name: 'harbor' } } }),
        env({ database: { ...DECLARED.database, name: 'harbor' } }),
      ),
    ],
    ['TLS by a front', yml({ https: undefined, external_url: 'https://registry.corp.example' })],
    ['an installation whose files are on a disk of their own', parts(part('job_logs', { own_disk: true }))],
    ['an empty left-over', parts(part('chart_storage', { empty: true }))],
    [
      'a left-over that is accepted',
      both(parts(part('chart_storage')), (found) => void (found['accepted'] = ['leftovers'])),
    ],
    [
      'settings that are accepted',
      both(yml({ cache: { enabled: true } }), (found) => void (found['accepted'] = ['cache'])),
    ],
    ['one that was stopped by a run before', both(look({ containers: [] }), (found) => void (found['resumed'] = true))],
    ['with its own password given', (found) => void (found['passwords'] = { given: 'root123', theirs: 'root123' })],
  ])('%s', async (_what, change) => {
    expect(await faults(change)).toEqual([]);
  });
});

describe('is refused, with the reason:', () => {
  it.each<[string, (found: Found) => void, string, RegExp]>([
    ['an unknown version', look({ versions: ['dev'] }), 'version-unknown', /dev is not a release/],
    ['no version', look({ versions: [] }), 'version-unknown', /names no image of Harbor/],
    ['two versions', look({ versions: ['v2.13.0', 'v2.14.2'] }), 'version-unknown', /v2\.13\.0, v2\.14\.2/],
    [
      '2.12',
      look({ versions: ['v2.12.2'], containers: [container('harbor-core', 'harbor-core:v2.12.2')] }),
      'version-unsupported',
      /2\.13 to 2\.15/,
    ],
    [
      'a newer one',
      both(
        look({ versions: ['v2.15.2'], containers: [container('harbor-core', 'harbor-core:v2.15.2')] }),
        env({ version: 'v2.14.4' }),
      ),
      'downgrade',
      /forward only/,
    ],
    [
      'an upgrade that was not finished',
      containers(container('registry', 'registry-photon:v2.13.0')),
      'version-mixed',
      /registry-photon:v2\.13\.0 runs/,
    ],
    ['one that does not run', look({ containers: [] }), 'not-running', /harbor-core/],
    ['no docker-compose.yml', look({ compose_yml: false }), 'no-compose-file', /\/opt\/harbor/],
    ['no compose', look({ compose: null }), 'no-compose', /no way back|docker-compose/],
    ['plain HTTP', yml({ https: undefined }), 'http-only', /HTTPS alone/],
    ['another hostname', env({ hostname: 'harbor.corp.example' }), 'other-hostname', /registry\.corp\.example/],
    ['a port in its URL', yml({ external_url: 'https://registry.corp.example:8443' }), 'other-url', /8443/],
    ['another data volume', yml({ data_volume: '/srv' }), 'other-data-volume', /\/srv/],
    [
      'data behind a link',
      parts(part('registry', { link: '/mnt/big' })),
      'data-elsewhere',
      /symbolic link to \/mnt\/big/,
    ],
    [
      'a data volume behind a link',
      parts(part('', { link: '/mnt/big' })),
      'data-elsewhere',
      /^\/data is a symbolic link/,
    ],
    ['a database on its own disk', parts(part('database', { own_disk: true })), 'data-elsewhere', /its own disk/],
    ['no secretkey', look({ secretkey: null }), 'secretkey', /missing/],
    ['half a secretkey', look({ secretkey: 7 }), 'secretkey', /7 characters/],
    ['an old PostgreSQL', look({ database: { majors: ['13'], old: false } }), 'database-version', /PostgreSQL 13/],
    ['a very old PostgreSQL', look({ database: { majors: [], old: true } }), 'database-version', /no database/],
    [
      'an external database that is not declared',
      yml({ external_database: EXTERNAL }),
      'other-database',
      /not declared/,
    ],
    ['a database that is declared and not there', env(DECLARED), 'other-database', /its own database/],
    [
      'another external database',
      both(yml({ external_database: EXTERNAL }), env({ database: { host: 'other', username: 'harbor' } })),
      'other-database',
      /host pg and not other/,
    ],
    ['an external Redis', yml({ external_redis: { host: 'redis:6379' } }), 'external-redis', /jobs/],
    ['blobs in S3', yml({ storage_service: { s3: { bucket: 'b' } } }), 'other-storage', /s3/],
    [
      'Trivy that is not declared',
      containers(container('trivy-adapter', 'trivy-adapter-photon:v2.14.2')),
      'other-trivy',
      /runs there, and harbor\.trivy is false/,
    ],
    [
      'metrics that are not declared',
      yml({ metric: { enabled: true, port: 9090, path: '/metrics' } }),
      'other-metrics',
      /harbor\.metrics/,
    ],
    ['charts', parts(part('chart_storage')), 'left-over', /ChartMuseum/],
    ['Notary', containers(container('notary-server', 'notary-server-photon:v2.8.0')), 'left-over', /Notary/],
    ['another log level', yml({ log: { level: 'debug' } }), 'settings-differ', /log\.level \(debug there, info here\)/],
    [
      'what is turned off there',
      yml({ upload_purging: { enabled: false } }),
      'settings-differ',
      /upload_purging\.enabled \(False there, True here\)/,
    ],
    [
      'what only it has',
      yml({ internal_tls: { enabled: true, dir: '/x' } }),
      'settings-differ',
      /internal_tls\.enabled \(True there\)/,
    ],
    [
      'another password',
      (found) => void (found['passwords'] = { given: 'other-one', theirs: 'root123' }),
      'other-password',
      /HARBOR_DATABASE_PASSWORD/,
    ],
    [
      'a full disk',
      (found) => void (found['room'] = { '/data': 30_000, '/var/backups/harbor': 30_000 }),
      'disk-space',
      /50000 MiB free for \/data and .*60000 MiB/,
    ],
  ])('%s', async (_what, change, rule, words) => {
    const found = await faults(change);
    expect(found.map((one) => one.rule)).toContain(rule);
    const fault = found.find((one) => one.rule === rule)!;
    expect(fault.message).toMatch(words);
    expect(fault.hint).not.toBe('');
  });

  it('all of it at once, and no password in it', async () => {
    const found = await faults(
      both(yml({ https: undefined, trivy: { github_token: 'hunter22' } }), env({ trivy: true, hostname: 'a.b' })),
    );
    expect(found.map(({ rule }) => rule)).toEqual(['other-hostname', 'http-only', 'other-trivy', 'settings-differ']);
    expect(JSON.stringify(found)).not.toMatch(/hunter22|root123/);
  });
});

it.each<[string, object]>([
  ['hostname: a\ndata_volume: /data\n', { value: { hostname: 'a', data_volume: '/data' } }],
  ['hostname: [a', { error: expect.stringMatching(/^line 1, column/) }],
  ['- a', { error: 'it is not a map' }],
  ['', { error: 'it is not a map' }],
  ['hostname: a', { error: 'it has no data_volume' }],
])('reads %j', async (text, expected) => {
  expect(await inPython(FILE, 'm.harbor_adopt_read(given)', text)).toEqual(expected);
});

it('reports how much space each step needs', async () => {
  const given = {
    look: {
      parts: [
        { name: 'database', mib: 10 },
        { name: 'redis', mib: 1 },
        { name: 'registry', mib: 500 },
        { name: 'secret', mib: 1 },
      ],
    },
    options: { registry: true, directory: '/backups', data_volume: '/data' },
  };
  const room = 'm.harbor_adopt_room(given["look"], given["options"])';
  const docker = { '/var/lib/docker': 7 * 1024 };
  expect(await inPython(FILE, room, given)).toEqual({ '/backups': 511, '/data': 21 + 5 * 1024, ...docker });
  const without = { ...given, options: { ...given.options, registry: false } };
  expect(await inPython(FILE, room, without)).toEqual({ '/backups': 11, '/data': 21 + 5 * 1024, ...docker });
  const declared = { ...given, options: { ...given.options, free_data: '1GiB', free_docker: '0', directory: '/data' } };
  expect(await inPython(FILE, room, declared)).toEqual({ '/data': 511 + 21 + 1024, '/var/lib/docker': 3 * 1024 });
});

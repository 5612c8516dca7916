import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkHarborSettings, settingsTable } from '../../../src/deploy/harbor-settings';
import type { HarborEnvironment } from '../../../src/deploy/harbor/harbor-schema';
import { inPython } from '../ansible/python';

const BARE: HarborEnvironment = { version: 'v2.15.2', hostname: 'harbor.corp.example' };
const EVERYTHING: HarborEnvironment = {
  ...BARE,
  trivy: true,
  metrics: true,
  log_container: true,
  database: { host: 'pg.corp.example' },
  redis: { addresses: ['redis.corp.example:6379'] },
  storage: { s3: { bucket: 'harbor', region: 'eu-central-1' } },
};

/** What `harbor_host_declared` of the role says of an environment. */
function declaredOf(harbor: HarborEnvironment): Record<string, boolean> {
  return {
    'harbor.database': harbor.database !== undefined,
    'harbor.redis': harbor.redis !== undefined,
    'harbor.storage.s3': harbor.storage !== undefined,
    'harbor.trivy': harbor.trivy === true,
    'harbor.log_container': harbor.log_container === true,
  };
}

/** The paths that both the synthesis and the role refuse; they must agree. */
async function refused(settings: unknown, harbor = BARE): Promise<string[]> {
  const found = checkHarborSettings(settings, ['harbor_host_settings'], harbor).map(({ path }) =>
    path.slice(1).join('.'),
  );
  const given = { settings, table: settingsTable(), declared: declaredOf(harbor) };
  const faults = (await inPython(
    'harbor_host/filter_plugins/harbor_settings.py',
    'm.harbor_settings_faults(given["settings"], given["table"], given["declared"])',
    given,
  )) as string[];
  expect(faults.map((fault) => fault.split(':')[0])).toEqual(found);
  return found;
}

it.each<[string, unknown, string[]]>([
  ['a log level', { log: { level: 'debug' } }, []],
  ['workers of jobservice', { jobservice: { max_job_workers: 20, reaper: { max_update_hours: 24 } } }, []],
  ['a proxy', { proxy: { http_proxy: 'http://proxy:3128', components: ['core', 'jobservice'] } }, []],
  ['nothing', {}, []],
  ['a proxy for the registry', { proxy: { components: ['core', 'registry'] } }, ['proxy.components']],
  ['TLS among the services', { internal_tls: { enabled: true, dir: '/x' } }, ['internal_tls']],
  [
    'blobs in Google Cloud Storage',
    { storage_service: { gcs: { bucket: 'b', keyfile: '/k' } } },
    ['storage_service.gcs'],
  ],
  ['blobs in Azure', { storage_service: { azure: { accountname: 'a' } } }, ['storage_service.azure']],
  ['blobs in Swift', { storage_service: { swift: { container: 'a' } } }, ['storage_service']],
  ['an authority of the storage', { storage_service: { ca_bundle: '/ca.pem' } }, ['storage_service.ca_bundle']],
  ['options of S3', { storage_service: { s3: { rootdirectory: '/h' } } }, ['storage_service.s3.rootdirectory']],
  [
    'an option of a newer S3 driver',
    { storage_service: { s3: { forcepathstyle: true } } },
    ['storage_service.s3.forcepathstyle'],
  ],
  ['a misspelt option of S3', { storage_service: { s3: { rootdirectry: '/h' } } }, ['storage_service.s3']],
  ['an external database', { external_database: { harbor: { host: 'pg' } } }, ['external_database']],
  ['an external Redis', { external_redis: { host: 'redis:6379' } }, ['external_redis']],
  ['its own HTTPS', { https: { port: 443, certificate: '/c', private_key: '/k' } }, ['https']],
  ['another directory', { data_volume: '/srv' }, ['data_volume']],
  ['Trivy that does not run', { trivy: { timeout: '10m' } }, ['trivy.timeout']],
  ['logs that Docker keeps', { log: { local: { rotate_count: 5 } } }, ['log.local.rotate_count']],
  ['traces', { trace: { enabled: true } }, ['trace']],
  ['a misspelt key', { jobservise: { max_job_workers: 20 } }, ['jobservise.max_job_workers']],
])('%s', async (_what, settings, expected) => {
  expect(await refused(settings)).toEqual(expected);
});

it.each([
  { storage_service: { s3: { rootdirectory: '/h', encrypt: true } } },
  { external_redis: { idle_timeout_seconds: 60 } },
  { external_database: { harbor: { max_open_conns: 50 } } },
  { trivy: { timeout: '10m' }, log: { local: { rotate_count: 5 } } },
])('%j is followed if the environment declares what it depends on', async (settings) => {
  expect(await refused(settings, EVERYTHING)).toEqual([]);
});

it('reports why, and what to do', () => {
  expect(checkHarborSettings({ internal_tls: { enabled: true } }, [], BARE)).toEqual([
    expect.objectContaining({ message: expect.stringContaining('do not mount'), hint: 'leave it out' }),
  ]);
  expect(checkHarborSettings({ jobservise: 1 }, [], BARE)[0]).toMatchObject({ hint: 'did you mean "jobservice"?' });
});

it('leaves a template to the role, which knows its value', () => {
  expect(checkHarborSettings('{{ settings_of_the_vault }}', [], BARE)).toEqual([]);
});

it('is listed completely in the guide', () => {
  const guide = readFileSync(join(__dirname, '../../../docs/guides/host.md'), 'utf8');
  const tops = new Set(Object.keys(settingsTable()).map((key) => key.split('.')[0]!));
  expect([...tops].filter((key) => !guide.includes(`\`${key}`))).toEqual([]);
});

/** What the role refuses of a harbor.yml before prepare writes it. */
const rendered = (harborYml: object): Promise<string[]> =>
  inPython('harbor_host/filter_plugins/harbor_settings.py', 'm.harbor_rendered_faults(given)', harborYml) as Promise<
    string[]
  >;

describe('values that prepare writes without quotes', () => {
  it.each([
    { external_redis: { password: 'dbp$w=1"2!/+' } },
    { external_redis: { username: 'harbor', password: '0123' } },
    { external_redis: { username: '', password: '' } },
    { storage_service: { s3: { bucket: 'harbor', secretkey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCY=', secure: false } } },
    { storage_service: { s3: { chunksize: 5242880, rootdirectory: '/harbor', regionendpoint: 'http://minio:9000' } } },
    {},
  ])('are kept: %j', async (yml) => expect(await rendered(yml)).toEqual([]));

  it.each<[object, RegExp]>([
    [{ external_redis: { password: 'abc #def' } }, /password of harbor\.redis/],
    [{ external_redis: { password: '#abc' } }, /password of harbor\.redis/],
    [{ external_redis: { password: '"abc"' } }, /password of harbor\.redis/],
    [{ external_redis: { password: '*abc' } }, /password of harbor\.redis/],
    [{ external_redis: { password: 'a: b' } }, /password of harbor\.redis/],
    [{ external_redis: { password: '{abc' } }, /password of harbor\.redis/],
    [{ external_redis: { password: '%abc' } }, /password of harbor\.redis/],
    [{ external_redis: { password: 'abc ' } }, /password of harbor\.redis/],
    [{ external_redis: { password: 'null' } }, /password of harbor\.redis/],
    [{ external_redis: { password: 'a\nb: c' } }, /password of harbor\.redis/],
    [{ external_redis: { username: 'harbor', password: '' } }, /has no password/],
    [{ storage_service: { s3: { secretkey: 'abc #def' } } }, /s3\.secretkey: .*without quotes/],
    [{ storage_service: { s3: { accesskey: '0123' } } }, /s3\.accesskey: .*without quotes/],
    [{ storage_service: { s3: { accesskey: '1e5' } } }, /s3\.accesskey: .*without quotes/],
    [{ storage_service: { s3: { bucket: 'yes' } } }, /s3\.bucket: .*without quotes/],
    [{ storage_service: { s3: { multipartcopymaxconcurrency: 1 } } }, /writes 1 as true/],
  ])('are refused if they would be read as others, and not shown: %j', async (yml, fault) => {
    const faults = await rendered(yml);
    expect(faults).toEqual([expect.stringMatching(fault)]);
    expect(faults[0]).not.toMatch(/abc|0123/);
  });
});

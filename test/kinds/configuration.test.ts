import { configuration, type ConfigurationSpec } from '../../src/kinds/configuration';
import type { ConfigurationsWire } from '../../src/kinds/support/configuration-wire';
import { CONFIGURATION_KEYS } from '../../src/kinds/support/configuration-keys';
import { compare, writeOnlyFields } from '../../src/plan/diff';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
const stored: ConfigurationsWire = {
  auth_mode: { value: 'db_auth', editable: true },
  banner_message: { value: '', editable: true },
  disabled_audit_log_event_types: { value: 'pull_artifact,create_artifact', editable: true },
  oidc_extra_redirect_parms: { value: '{"prompt":"login"}', editable: true },
  storage_per_project: { value: -1, editable: true },
  token_expiration: { value: 30, editable: true },
  uaa_client_secret: { value: 'in-the-clear', editable: true },
  scan_all_policy: {},
};
const live = configuration.fromWire(stored, refs);
const fixed = (keys: readonly string[]) => ({ ...live, facts: { not_editable: keys } });

describe('reading', () => {
  it('parses lists and JSON maps, and drops secrets, even the one that Harbor returns', () => {
    expect(live).toEqual({
      identity: 'harbor',
      spec: {
        auth_mode: 'db_auth',
        banner_message: '',
        disabled_audit_log_event_types: ['create_artifact', 'pull_artifact'],
        oidc_extra_redirect_parms: { prompt: 'login' },
        storage_per_project: -1,
        token_expiration: 30,
      },
      facts: { not_editable: [] },
    });
  });

  it.each([
    ['disabled_audit_log_event_types', '', []],
    ['oidc_extra_redirect_parms', '', {}],
    ['oidc_extra_redirect_parms', '{}', {}],
  ])('an empty %s (%j) is %j', (key, value, expected) => {
    expect(configuration.fromWire({ [key]: { value, editable: true } }, refs).spec[key]).toEqual(expected);
  });

  it('needs a user: no robot can be given the permission', async () => {
    expect(new Set(Object.values(configuration.access))).toEqual(new Set(['user']));
    await withDouble({ answers: { 'GET /configurations': stored } }, async ({ context, read }) => {
      expect(await configuration.list(read([]))).toEqual([stored]);
      expect((await configuration.read(context, 'harbor'))?.spec).toEqual(live.spec);
    });
  });
});

describe('comparing', () => {
  it.each<[ConfigurationSpec, number]>([
    [{ disabled_audit_log_event_types: ['pull_artifact', 'create_artifact'] }, 0],
    [{ disabled_audit_log_event_types: [] }, 1],
    [{ oidc_extra_redirect_parms: { prompt: 'login' } }, 0],
    [{ oidc_extra_redirect_parms: {} }, 1],
    [{ storage_per_project: -1, token_expiration: 30 }, 0],
    [{ token_expiration: 31 }, 1],
    [{ oidc_client_secret: { env: 'X' }, uaa_client_secret: { env: 'Y' } }, 0],
  ])('%j: %i differences', (desired, count) => {
    expect(compare(configuration.normalise(desired), live.spec, configuration)).toHaveLength(count);
  });

  it.each([
    ['oidc_client_secret', 'oidc_endpoint'],
    ['oidc_client_secret', 'oidc_client_id'],
    ['ldap_search_password', 'ldap_url'],
    ['uaa_client_secret', 'uaa_endpoint'],
  ])('%s travels with %s', (secret, companion) => {
    const desired = { [secret]: { env: 'X' }, [companion]: 'new' };
    const changed = [{ path: companion, after: 'new' }];
    expect(writeOnlyFields(desired, changed, configuration, { proof: { outcome: 'same' } })).toMatchObject([
      { path: secret },
    ]);
  });

  it('names every secret that Harbor never returns', () => {
    const secrets = Object.keys(CONFIGURATION_KEYS).filter((key) => CONFIGURATION_KEYS[key]?.form === 'secret');
    expect(configuration.writeOnly.map(({ field }) => field).sort()).toEqual(secrets.sort());
  });
});

it('puts the keys that differ, as a user, in the forms that Harbor takes', async () => {
  const merged: ConfigurationSpec = {
    ...live.spec,
    disabled_audit_log_event_types: ['pull_artifact', 'a'],
    oidc_extra_redirect_parms: { prompt: 'none' },
    oidc_client_secret: { env: 'OIDC' },
  };
  const changed = ['disabled_audit_log_event_types', 'oidc_extra_redirect_parms', 'oidc_client_secret'];
  await withDouble({ secrets: { OIDC: 's3cret' } }, async ({ context, written }) => {
    await configuration.update(context, { live, merged, changed });
    expect(written()).toEqual([
      {
        call: 'PUT /configurations',
        by: 'user',
        body: {
          disabled_audit_log_event_types: 'a,pull_artifact',
          oidc_extra_redirect_parms: '{"prompt":"none"}',
          oidc_client_secret: 's3cret',
        },
      },
    ]);
  });
});

it.each([
  ['500GiB', 500 * 1024 ** 3],
  ['unlimited', -1],
  [4096, 4096],
])('reads storage_per_project %j as %i bytes, and shows it in units', (value, bytes) => {
  const spec = configuration.placements[0]!.toSpec({ storage_per_project: value, banner_message: '500GiB' }, []);
  expect(spec).toEqual({ storage_per_project: bytes, banner_message: '500GiB' });
  expect(configuration.show!('storage_per_project', bytes)).toMatch(/iB$|unlimited/);
  expect(configuration.show!('token_expiration', 30)).toBeUndefined();
});

it.each<[ConfigurationSpec, string[]]>([
  [{ storage_per_project: 0 }, ['bad-size']],
  [{ skip_audit_log_database: true }, ['configuration-audit-log']],
  [{ skip_audit_log_database: true, audit_log_forward_endpoint: 'syslog:514' }, []],
  [{ auth_mode: 'oidc_auth' }, []],
])('check of %j: %j', (spec, rules) => {
  expect(configuration.check!(spec, { declared: () => undefined }).map(({ rule }) => rule)).toEqual(rules);
});

describe('hazards', () => {
  const context = {
    action: 'update',
    current: [],
    planned: [],
    assumed: [],
    others: () => undefined,
    identity: { user: { username: 'admin', userId: 1, sysadmin: true, localAdmin: true } },
  } as const;

  it('a configuration that the environment owns cannot be changed here', () => {
    const found = configuration.hazards!({
      ...context,
      live: fixed(['auth_mode', 'banner_message']),
      changed: ['banner_message'],
    });
    expect(found).toMatchObject([
      {
        rule: 'not-editable',
        enforcement: 'hard-mandatory',
        message: expect.stringContaining('CONFIG_OVERWRITE_JSON'),
      },
    ]);
  });

  it('auth_mode is fixed as soon as there are users', () => {
    const found = configuration.hazards!({ ...context, live: fixed(['auth_mode']), changed: ['auth_mode'] });
    expect(found).toMatchObject([
      { rule: 'not-editable', enforcement: 'hard-mandatory', message: expect.stringContaining('users besides admin') },
    ]);
    expect(configuration.hazards!({ ...context, live: fixed(['auth_mode']), changed: ['banner_message'] })).toEqual([]);
  });

  it('only the local admin may change the mode by which everybody logs in', () => {
    const identity = { user: { username: 'olga', userId: 5, sysadmin: true, localAdmin: false } };
    const found = configuration.hazards!({ ...context, identity, live, changed: ['auth_mode'] });
    expect(found).toMatchObject([
      { rule: 'own-login', enforcement: 'hard-mandatory', message: expect.stringContaining('olga') },
    ]);
    expect(configuration.hazards!({ ...context, live, changed: ['auth_mode'] })).toEqual([]);
  });
});

it('always exists: never created, never deleted', async () => {
  expect(configuration.deletable).toBe(false);
  await withDouble({}, async ({ context, written }) => {
    await configuration.create(context, { banner_message: 'hello' }, new Map());
    expect(written()).toMatchObject([{ call: 'PUT /configurations', body: { banner_message: 'hello' } }]);
    await expect(configuration.remove(context, live)).rejects.toThrow(/cannot be deleted/);
  });
});

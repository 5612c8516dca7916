import { ApplyError } from '../../src/errors';
import type { RegistryWire } from '../../src/harbor/wire';
import { registry } from '../../src/kinds/registry';
import type { RegistrySpec } from '../../src/kinds/support/registry-spec';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
const hub: RegistrySpec = {
  name: 'docker-hub',
  type: 'docker-hub',
  url: 'https://hub.docker.com',
  credential: { access_key: 'mirror-bot', access_secret: { env: 'DOCKERHUB_TOKEN' } },
};
const stored: RegistryWire = {
  id: 5,
  name: 'docker-hub',
  type: 'docker-hub',
  url: 'https://hub.docker.com',
  credential: { type: 'basic', access_key: 'mirror-bot', access_secret: '*****' },
  status: 'healthy',
};
const check = (spec: Partial<RegistrySpec>) => registry.check!({ ...hub, ...spec }, { declared: () => undefined });

describe('reading', () => {
  it('omits the masked secret, and prints the rest in full', () => {
    expect(registry.fromWire(stored, refs).spec).toEqual({
      name: 'docker-hub',
      type: 'docker-hub',
      url: 'https://hub.docker.com',
      description: '',
      insecure: false,
      ca_certificate: '',
      credential: { type: 'basic', access_key: 'mirror-bot' },
    });
  });

  it('sorts the list, which Harbor does not, and finds a registry by its whole name', async () => {
    const answers = { 'GET /registries': [{ ...stored, id: 4, name: 'docker-hub-2' }, stored] };
    await withDouble({ answers }, async ({ context, read, queries }) => {
      expect(await registry.list(read([]))).toHaveLength(2);
      expect((await registry.read(context, 'docker-hub'))?.id).toBe(5);
      expect(await registry.read(context, 'docker')).toBeUndefined();
      expect(queries().filter((query) => !query.includes('sort=id'))).toEqual([]);
    });
  });
});

describe('urls', () => {
  it('of any length take no longer than it takes to read them', () => {
    const slashes = '/'.repeat(16 * 2 ** 20);
    const startedAt = performance.now();
    const { url } = registry.normalise({ ...hub, url: `https://h${slashes}x${slashes}` });
    expect(url).toHaveLength('https://h'.length + slashes.length + 1);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it.each([
    ['https://Quay.IO/', 'https://quay.io'],
    [' quay.io ', 'http://quay.io'],
    ['HTTPS://host:5000/Path//', 'https://host:5000/Path'],
  ])('%j is stored as %j', (url, expected) => {
    expect(registry.normalise({ ...hub, url }).url).toBe(expected);
  });

  it.each([
    ['docker-hub', 'https://hub.docker.com'],
    ['github-ghcr', 'https://ghcr.io'],
    ['docker-registry', undefined],
  ])('type %s implies %s', (type, url) => {
    expect(registry.placements[0]!.toSpec({ type }, ['x']).url).toBe(url);
  });

  it('treats the service URL of Alibaba Cloud as the registry that Harbor stores for it', () => {
    const url = 'https://cr.cn-beijing.aliyuncs.com';
    expect(registry.normalise({ ...hub, type: 'ali-acr', url }).url).toBe('https://registry.cn-beijing.aliyuncs.com');
    expect(registry.normalise({ ...hub, type: 'docker-registry', url }).url).toBe(url);
  });

  it('refuses a password in the url, and does not repeat it', () => {
    const [finding] = check({ type: 'docker-registry', url: 'https://bot:hunter2@quay.io' });
    expect(finding).toMatchObject({ rule: 'literal-secret', field: 'url' });
    expect(JSON.stringify(finding)).not.toContain('hunter2');
  });
});

it.each(['https://${HUB}', 'https://{{ hub }}/v2', 'https://$(HUB)'])('a url with a variable is refused: %s', (url) => {
  const [finding] = check({ type: 'docker-registry', url });
  expect(finding).toMatchObject({ rule: 'registry-url', field: 'url' });
  expect(finding?.message).toMatch(/is not replaced: policies have no variables/);
});

describe('what Harbor would cut off the url', () => {
  it.each(['https://host/path?x=1', 'https://quay.io/#top', 'https://quay.io?', 'quay.io/?next=/a/'])(
    '%s is refused, however it is spelt',
    (url) => {
      expect(check({ type: 'docker-registry', url })).toMatchObject([{ rule: 'registry-url', field: 'url' }]);
      expect(check(registry.normalise({ ...hub, type: 'docker-registry', url }))).toMatchObject([
        { rule: 'registry-url', field: 'url' },
      ]);
    },
  );
});

describe('check', () => {
  it.each<[string, Partial<RegistrySpec>, string, string | undefined]>([
    [
      'a secret without a user, which Harbor drops',
      { credential: { access_secret: { env: 'X' } } },
      'registry-credential',
      'credential.access_secret',
    ],
    [
      'gcr without an account, which is unhealthy',
      { type: 'google-gcr', url: 'https://gcr.io', credential: {} },
      'registry-credential',
      'type',
    ],
    ['an invalid certificate', { ca_certificate: 'junk' }, 'registry-ca', 'ca_certificate'],
    ['a name of 65 characters', { name: 'x'.repeat(65) }, 'registry-name', undefined],
  ])('finds %s', (_what, spec, rule, field) => {
    expect(check(spec)).toEqual([expect.objectContaining({ rule, ...(field === undefined ? {} : { field }) })]);
  });

  it('accepts the example', () => {
    expect(check({})).toEqual([]);
  });
});

describe('writing', () => {
  const live = registry.fromWire(stored, refs);

  it('creates with the resolved secret', async () => {
    await withDouble({ secrets: { DOCKERHUB_TOKEN: 'dckr_pat_1' } }, async ({ context, written }) => {
      expect(await registry.create(context, hub, new Map())).toEqual({ id: 77 });
      expect(written()[0]?.body).toEqual({
        name: 'docker-hub',
        type: 'docker-hub',
        url: 'https://hub.docker.com',
        credential: { access_key: 'mirror-bot', access_secret: 'dckr_pat_1' },
      });
    });
  });

  it('is created without an account if none is declared', async () => {
    const { credential: _credential, ...anonymous } = hub;
    await withDouble({}, async ({ context, written }) => {
      await registry.create(context, anonymous, new Map());
      expect(written()[0]?.body).toEqual(anonymous);
    });
  });

  // Its adapter reads the account without asking whether one was sent, and Harbor answers 500.
  it.each<[string, object | undefined]>([
    ['aws-ecr', {}],
    ['docker-registry', undefined],
  ])('type %s without an account is sent with %j', async (type, credential) => {
    const { credential: _credential, ...rest } = hub;
    await withDouble({}, async ({ context, written }) => {
      await registry.create(context, { ...rest, type }, new Map());
      expect(written()[0]?.body?.['credential']).toEqual(credential);
    });
  });

  it.each<[readonly (keyof RegistrySpec)[], object]>([
    [['description'], { description: 'new' }],
    [['insecure'], { insecure: true }],
    // Since 2.15.3 Harbor clears the stored secret when only the URL is sent.
    [
      ['url', 'credential'],
      { url: 'https://hub.docker.com', credential_type: 'basic', access_key: 'mirror-bot', access_secret: 'Resolved1' },
    ],
    [
      ['url'],
      { url: 'https://hub.docker.com', credential_type: 'basic', access_key: 'mirror-bot', access_secret: 'Resolved1' },
    ],
    [['credential'], { credential_type: 'basic', access_key: 'mirror-bot', access_secret: 'Resolved1' }],
  ])('an update of %j sends that, flat, and no more', async (changed, body) => {
    const merged = {
      ...live.spec,
      description: 'new',
      insecure: true,
      credential: { ...live.spec.credential, ...hub.credential },
    };
    await withDouble({}, async ({ context, written }) => {
      await registry.update(context, { live, merged, changed });
      expect(written()).toEqual([{ call: 'PUT /registries/5', body, by: 'robot' }]);
    });
  });

  it('sends the secret together with the fields that it belongs to', () => {
    expect(registry.writeOnly).toEqual([
      expect.objectContaining({
        field: 'credential.access_secret',
        with: ['url', 'credential.access_key', 'credential.type'],
      }),
    ]);
  });

  it.each([
    [400, 'the registry is unhealthy', /could not use https:\/\/hub\.docker\.com.*certificate/],
    [500, 'internal server error', /the upstream refused the login.*docker-hub is at https:\/\/hub\.docker\.com/],
  ])('explains what a %i may mean', async (status, message, expected) => {
    await withDouble({ answers: { 'POST /registries': { status, message } } }, async ({ context }) => {
      const creating = registry.create(context, hub, new Map());
      await expect(creating).rejects.toThrow(ApplyError);
      await expect(creating).rejects.toMatchObject({ message: expect.stringMatching(expected), cause: { status } });
    });
  });

  // PUT checks the upstream again, with the stored secret where none is sent.
  it('reports why an update fails while the upstream is down', async () => {
    const answers = { 'PUT /registries/5': { status: 400, message: 'the registry is unhealthy' } };
    await withDouble({ answers }, async ({ context }) => {
      const updating = registry.update(context, { live, merged: live.spec, changed: ['description'] });
      await expect(updating).rejects.toThrow(/registry\/docker-hub: Harbor could not use/);
    });
  });

  it('passes on every other refusal unchanged', async () => {
    const answers = { 'POST /registries': { status: 409, message: 'registry docker-hub already exists' } };
    await withDouble({ answers }, async ({ context }) => {
      await expect(registry.create(context, hub, new Map())).rejects.toMatchObject({ status: 409 });
    });
  });
});

it('is replaced for another type, and only if it is declared so', () => {
  expect(registry.replaceOn).toEqual(['type']);
  const live = registry.fromWire(stored, refs);
  const context = {
    live,
    changed: ['type'],
    identity: {},
    current: [],
    planned: [],
    assumed: [],
    others: () => undefined,
  };
  expect(registry.hazards!({ ...context, action: 'replace' })).toMatchObject([
    { rule: 'registry-in-use', enforcement: 'soft-mandatory' },
  ]);
  expect(registry.hazards!({ ...context, action: 'update' })).toEqual([]);
});

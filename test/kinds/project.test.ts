import type { ProjectWire } from '../../src/harbor/wire';
import { project } from '../../src/kinds/project';
import type { ProjectSpec } from '../../src/kinds/support/project-spec';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
const proxy: ProjectSpec = { name: 'proxy.docker.io', registry: 'docker-hub', public: true, proxy_speed_kb: 1000 };
/** As recorded: values are strings, and the silent retention stands among them. */
const stored: ProjectWire = {
  project_id: 7,
  name: 'proxy.docker.io',
  owner_name: 'admin',
  registry_id: 1,
  repo_count: 0,
  metadata: {
    auto_scan: 'true',
    max_upstream_conn: '5',
    proxy_speed_kb: '1000',
    public: 'true',
    retention_id: '12',
    severity: 'High',
  },
};
const live = (wire: Partial<ProjectWire> = {}) => project.fromWire({ ...stored, ...wire }, refs);

describe('reading', () => {
  it("converts strings to their types, and missing keys to Harbor's defaults", () => {
    expect(live().spec).toEqual({
      name: 'proxy.docker.io',
      registry: 'docker-hub',
      public: true,
      enable_content_trust_cosign: false,
      prevent_vul: false,
      severity: 'high',
      auto_scan: true,
      auto_sbom_generation: false,
      reuse_sys_cve_allowlist: true,
      proxy_speed_kb: 1000,
      max_upstream_conn: 5,
      proxy_cache_local_on_not_found: false,
      proxy_cache_filter_pattern: '',
      proxy_referrer_api: false,
    });
  });

  it.each([
    [{}, '', undefined],
    // Written alone, at its own endpoint, a pattern is matched as doublestar (recording of 2.16).
    [{ proxy_cache_filter_pattern: 'library/**' }, 'library/**', 'doublestar'],
    [{ proxy_cache_filter_pattern: 'Lib.*', proxy_cache_filter_kind: 'regex' }, 'Lib.*', 'regex'],
    [{ proxy_cache_filter_pattern: '', proxy_cache_filter_kind: '' }, '', undefined],
  ])('a filter stored as %j is %j of kind %j', (metadata, pattern, kind) => {
    const { spec } = live({ metadata });
    expect([spec.proxy_cache_filter_pattern, spec.proxy_cache_filter_kind]).toEqual([pattern, kind]);
  });

  it('shows an ordinary project without what only proxies have', () => {
    const { registry_id: _id, ...ordinary } = stored;
    const { spec } = project.fromWire({ ...ordinary, metadata: { public: 'false' } }, refs);
    expect(Object.keys(spec)).not.toEqual(expect.arrayContaining(['registry']));
    expect(spec).toMatchObject({ public: false, enable_content_trust: false });
    expect(spec).not.toHaveProperty('proxy_speed_kb');
  });

  it.each([
    ['0', -1],
    ['-7', -1],
    ['abc', -1],
    [undefined, -1],
    ['250', 250],
  ])('a limit of %j is %j', (text, expected) => {
    expect(live({ metadata: text === undefined ? {} : { max_upstream_conn: text } }).spec.max_upstream_conn).toBe(
      expected,
    );
  });

  it('never treats an unknown registry as none', () => {
    expect(live({ registry_id: 99 }).spec.registry).toBe('(id 99)');
  });
});

describe('check', () => {
  const check = (spec: ProjectSpec, type = 'docker-hub') =>
    project.check!(spec, { declared: (kind) => (kind === 'registry' ? { type } : undefined) });

  it.each([
    ['proxy_speed_kb', { proxy_speed_kb: 5 }],
    ['max_upstream_conn', { max_upstream_conn: 5 }],
    ['proxy_cache_local_on_not_found', { proxy_cache_local_on_not_found: false }],
    ['proxy_cache_filter_kind', { proxy_cache_filter_kind: 'regex' }],
    ['proxy_referrer_api', { proxy_referrer_api: true }],
  ])('%s has no place in an ordinary project', (field, keys) => {
    expect(check({ name: 'team-a', ...keys })).toMatchObject([{ rule: 'proxy-only-key', field }]);
    expect(check({ ...proxy, ...keys })).toEqual([]);
  });

  it('enable_content_trust has no place in a proxy cache', () => {
    expect(check({ ...proxy, enable_content_trust: true })).toMatchObject([
      { rule: 'ordinary-only-key', field: 'enable_content_trust' },
    ]);
    expect(check({ name: 'team-a', enable_content_trust: true })).toEqual([]);
  });

  it.each(['quay', 'gitlab', 'dtr', 'huawei-SWR', 'tencent-tcr', 'volcengine-cr'])('%s cannot be proxied', (type) => {
    expect(check(proxy, type)).toMatchObject([
      {
        rule: 'registry-cannot-proxy',
        severity: 'warning',
        field: 'registry',
        hint: 'for a new project declare registries.docker-hub with type: docker-registry',
      },
    ]);
  });

  it.each([
    ['create', 'quay', undefined, ['registry-cannot-proxy']],
    ['replace', 'quay', 'v2.15.2', ['registry-cannot-proxy']],
    ['create', 'quay', 'v2.13.0', []],
    ['update', 'quay', 'v2.15.2', []],
    ['create', 'docker-hub', 'v2.15.2', []],
  ] as const)('to %s a proxy cache of type %s for Harbor %s is refused: %j', (action, type, harborVersion, rules) => {
    const found = project.hazards!({
      action,
      desired: proxy,
      changed: [],
      identity: {},
      current: [],
      planned: [],
      assumed: [],
      others: () => undefined,
      declared: () => ({ type }),
      ...(harborVersion === undefined ? {} : { harborVersion }),
    });
    expect(found.map(({ rule }) => rule)).toEqual(rules);
  });

  it.each([
    ['quay', '2.13', []],
    ['quay', 'v2.14.0', ['registry-cannot-proxy']],
    ['gitlab', '2.13', ['registry-cannot-proxy']],
  ])('%s for Harbor %s: %j', (type, harborVersion, expected) => {
    const found = project.check!(proxy, { declared: () => ({ type }), harborVersion });
    expect(found.map(({ rule }) => rule)).toEqual(expected);
  });

  it.each([
    'docker-hub',
    'docker-registry',
    'harbor',
    'github-ghcr',
    'aws-ecr',
    'jfrog-artifactory',
    'of-a-later-harbor',
  ])('%s can, as far as is known', (type) => {
    expect(check(proxy, type)).toEqual([]);
  });

  it.each(['a', 'proxy.docker.io', 'a-b_c.d', 'x'.repeat(255)])('the name %s is fine', (name) => {
    expect(check({ name })).toEqual([]);
  });

  it.each(['', 'Upper', 'a..b', '-a', 'a-', 'a/b', 'ä', 'x'.repeat(256)])('the name %j is not', (name) => {
    expect(check({ name })).toMatchObject([{ rule: 'project-name' }]);
  });
});

describe('writing', () => {
  it('creates with strings, the id of the registry and the limit that travels along: one call', async () => {
    await withDouble({}, async ({ context, calls, written }) => {
      const carried = new Map([['quota', { project: 'proxy.docker.io', storage_limit: -1 }]]);
      expect(await project.create(context, proxy, carried)).toEqual({ id: 77 });
      expect(calls()).toEqual(['POST /projects']);
      expect(written()[0]?.body).toEqual({
        project_name: 'proxy.docker.io',
        registry_id: 1,
        storage_limit: -1,
        metadata: { public: 'true', proxy_speed_kb: '1000' },
      });
    });
  });

  it('sends no limit if none is declared, because Harbor has its own default', async () => {
    await withDouble({}, async ({ context, written }) => {
      await project.create(context, { name: 'team-a' }, new Map());
      expect(written()[0]?.body).toEqual({ project_name: 'team-a', metadata: {} });
    });
  });

  // Harbor answers 500 for a registry_id that it does not know.
  it('does not ask for a registry that is not there', async () => {
    await withDouble({}, async ({ context, calls }) => {
      await expect(project.create(context, { name: 'x', registry: 'gone' }, new Map())).rejects.toThrow(
        'registry/gone',
      );
      expect(calls()).toEqual([]);
    });
  });

  it('updates the keys that differ, and leaves the others alone', async () => {
    await withDouble({}, async ({ context, written }) => {
      const merged = { ...live().spec, public: false, proxy_speed_kb: 0 };
      await project.update(context, { live: live(), merged, changed: ['public', 'proxy_speed_kb'] });
      expect(written()).toEqual([
        {
          call: 'PUT /projects/proxy.docker.io',
          body: { metadata: { public: 'false', proxy_speed_kb: '-1' } },
          by: 'robot',
        },
      ]);
    });
  });

  // Harbor refuses a pattern without its kind in the same request (400), and does not hold a new kind against the old pattern.
  it.each(['proxy_cache_filter_pattern', 'proxy_cache_filter_kind'] as const)(
    'sends the whole filter for %s',
    async (field) => {
      await withDouble({}, async ({ context, written }) => {
        const filter = { proxy_cache_filter_pattern: 'library/.*', proxy_cache_filter_kind: 'regex' };
        await project.update(context, { live: live(), merged: { ...live().spec, ...filter }, changed: [field] });
        expect(written().map(({ body }) => body)).toEqual([{ metadata: filter }]);
      });
    },
  );

  it('is replaced for another registry, which PUT would ignore', () => {
    expect(project.replaceOn).toEqual(['registry']);
  });

  it('empties a project before it deletes it, slashes encoded twice', async () => {
    const answers = {
      'GET /projects/proxy.docker.io/repositories': [
        { id: 1, name: 'proxy.docker.io/library/alpine' },
        { id: 2, name: 'proxy.docker.io/busybox' },
      ],
    };
    await withDouble({ answers }, async ({ context, written }) => {
      await project.remove(context, live({ repo_count: 2 }));
      expect(written().map(({ call }) => call)).toEqual([
        'DELETE /projects/proxy.docker.io/repositories/library%252Falpine',
        'DELETE /projects/proxy.docker.io/repositories/busybox',
        'DELETE /projects/proxy.docker.io',
      ]);
    });
  });

  it('deletes an empty one at once', async () => {
    await withDouble({}, async ({ context, calls }) => {
      await project.remove(context, live());
      expect(calls()).toEqual(['GET /retentions/12', 'DELETE /projects/proxy.docker.io']);
    });
  });

  // With such a policy Harbor 2.15.2 ends its core process (harbor-behavior).
  it.each([
    ['a schedule without settings', { kind: 'Schedule' }, true],
    ['a schedule without a cron', { kind: 'Schedule', settings: {} }, true],
    ['a schedule', { kind: 'Schedule', settings: { cron: '' } }, false],
    ['an event', { kind: 'Event', settings: {} }, false],
  ])('gives a policy with %s a harmless trigger before it deletes: %#', async (_case, trigger, isDisarmed) => {
    const policy = { id: 12, algorithm: 'or', scope: { level: 'project', ref: 7 }, trigger, rules: [] };
    await withDouble({ answers: { 'GET /retentions/12': policy } }, async ({ context, written }) => {
      await project.remove(context, live());
      const body = { ...policy, trigger: { kind: 'Event', settings: { cron: '' } } };
      const disarmed = isDisarmed ? [{ call: 'PUT /retentions/12', body, by: 'robot' }] : [];
      expect(written()).toEqual([...disarmed, expect.objectContaining({ call: 'DELETE /projects/proxy.docker.io' })]);
    });
  });

  it.each([
    ['read', { 'GET /retentions/12': { status: 403, message: 'forbidden' } }],
    [
      'changed',
      {
        'GET /retentions/12': { id: 12, trigger: { kind: 'Schedule' } },
        'PUT /retentions/12': { status: 403, message: 'forbidden' },
      },
    ],
  ])('deletes nothing if the policy cannot be %s', async (_case, answers) => {
    await withDouble({ answers }, async ({ context, written }) => {
      await expect(project.remove(context, live())).rejects.toThrow(/is not deleted: .*forbidden.*core process/);
      expect(written().map(({ call }) => call)).not.toContain('DELETE /projects/proxy.docker.io');
    });
  });
});

describe('its CVE allowlist', () => {
  const items = [{ cve_id: 'CVE-2026-0002' }, { cve_id: 'CVE-2026-0001' }];
  const spec = { ...proxy, cve_allowlist: { items: ['CVE-2026-0001', 'CVE-2026-0002'], expires_at: '2027-03-01' } };
  const PUT = 'PUT /projects/proxy.docker.io';

  it('is read sorted, with its day', () => {
    expect(live({ cve_allowlist: { items, expires_at: 1_803_859_200 } }).spec.cve_allowlist).toEqual(
      spec.cve_allowlist,
    );
  });

  // POST ignores it (docs/harbor-behavior.md 5.2).
  it('follows the creation', async () => {
    await withDouble({}, async ({ context, written }) => {
      expect(await project.create(context, spec, new Map())).toEqual({ id: 77 });
      expect(written().map(({ call }) => call)).toEqual(['POST /projects', PUT]);
      expect(written()[0]?.body).not.toHaveProperty('cve_allowlist');
      const wire = { items: [...items].reverse(), expires_at: 1_803_859_200 };
      expect(written()[1]?.body).toEqual({ cve_allowlist: wire });
    });
  });

  it('is sent completely if it differs, and otherwise not at all', async () => {
    await withDouble({}, async ({ context, written }) => {
      const merged = { ...live().spec, public: false, cve_allowlist: { items: [], expires_at: 'never' } };
      await project.update(context, { live: live(), merged, changed: ['cve_allowlist'] });
      await project.update(context, { live: live(), merged, changed: ['public'] });
      expect(written().map(({ body }) => body)).toEqual([
        { metadata: {}, cve_allowlist: { items: [] } },
        { metadata: { public: 'false' } },
      ]);
    });
  });

  it.each<[boolean | undefined, string[], string | undefined]>([
    [true, ['CVE-2026-0001'], 'error'],
    [undefined, ['CVE-2026-0001'], 'warning'],
    [false, ['CVE-2026-0001'], undefined],
    [true, [], undefined],
  ])('with reuse_sys_cve_allowlist %j and %j: %s', (reuse, list, severity) => {
    const own = {
      ...proxy,
      cve_allowlist: { items: list },
      ...(reuse === undefined ? {} : { reuse_sys_cve_allowlist: reuse }),
    };
    const found = project.check!(own, { declared: () => undefined });
    expect(found.map((finding) => finding.severity)).toEqual(severity === undefined ? [] : [severity]);
  });
});

describe('hazards', () => {
  const context = { changed: [], identity: {}, current: [], planned: [], assumed: [], others: () => undefined };

  it.each(['delete', 'replace'] as const)('for %s of a project with repositories, this is reported first', (action) => {
    expect(project.hazards!({ ...context, action, live: live({ repo_count: 3 }) })).toMatchObject([
      { rule: 'project-not-empty', enforcement: 'soft-mandatory', message: expect.stringContaining('3 repositories') },
    ]);
    expect(project.hazards!({ ...context, action, live: live() })).toEqual([]);
  });

  it('an update does no harm', () => {
    expect(project.hazards!({ ...context, action: 'update', live: live({ repo_count: 3 }) })).toEqual([]);
  });
});

import fc from 'fast-check';
import { writePolicies, type WritableObject } from '../../../src/export';
import type { JsonObject } from '../../../src/json';
import { addressOf, kinds } from '../../../src/kinds';
import type { AnyKind } from '../../../src/kinds/kind';
import { compare } from '../../../src/plan/diff';
import { kitOf } from '../../kinds/kits';

const options = { kinds, origin: 'Exported.', harbor: { url: 'https://harbor.example.com' } };

function kindOf(name: string): AnyKind {
  return kinds.find((kind) => kind.name === name)!;
}

function object(name: string, spec: object, facts: JsonObject = {}): WritableObject {
  const kind = kindOf(name);
  return { kind, spec: kind.normalise(spec) as object, facts };
}

const quay = object('registry', { name: 'quay', type: 'docker-registry', url: 'https://quay.io' });
const proxy = object('project', { name: 'proxy.quay.io', registry: 'quay' });

async function text(objects: readonly WritableObject[], file: string): Promise<string> {
  const { files } = await writePolicies(objects, options);
  return files.find(({ name }) => name === file)?.text ?? '';
}

describe('files', () => {
  it('are one a section', async () => {
    const { files } = await writePolicies([quay, proxy], options);
    expect(files.map(({ name }) => name)).toEqual(['harbor.yaml', 'registries.yaml', 'projects.yaml']);
  });

  it('have the same bytes for any order of the objects', async () => {
    const objects = ['a', 'b', 'c'].flatMap((name) => [
      object('project', { name, registry: 'quay' }),
      object('quota', { project: name, storage_limit: 1024 }),
      object('project-member', { project: name, user: 'alice', role: 'guest' }),
    ]);
    const [one, other] = await Promise.all([
      writePolicies([quay, ...objects], options),
      writePolicies([...objects, quay].reverse(), options),
    ]);
    expect(other.files).toEqual(one.files);
  });

  it('are several if one would be too long to load', async () => {
    const projects = Array.from({ length: 4_000 }, (_, n) => [
      object('project', {
        name: `project-${n}`,
        public: true,
        prevent_vul: true,
        severity: 'critical',
        auto_scan: true,
      }),
      object('quota', { project: `project-${n}`, storage_limit: 1024 ** 3 * 7 }),
      object('retention', {
        project: `project-${n}`,
        schedule: '0 0 3 * * *',
        rules: [{ template: 'always', tags: 'v*' }],
      }),
    ]);
    const { files, declaration } = await writePolicies(projects.flat(), options);
    expect(files.map(({ name }) => name)).toContain('projects-002.yaml');
    expect(Math.max(...files.map(({ text: written }) => written.length))).toBeLessThan(700 * 1024);
    expect(declaration.objects).toHaveLength(12_000);
  }, 60_000);
});

describe('comments', () => {
  it.each<[string, WritableObject[], string, RegExp]>([
    [
      'the silent policy',
      [
        quay,
        proxy,
        object('retention', kindOf('retention').bornWith!.spec!({ name: 'proxy.quay.io', registry: 'quay' })),
      ],
      'projects.yaml',
      /# Harbor creates this policy .* for seven days\.\n {4}retention:/,
    ],
    [
      'a quota that is nearly full',
      [proxy, quay, object('quota', { project: 'proxy.quay.io', storage_limit: 1000 }, { used_bytes: 967 })],
      'projects.yaml',
      /# 96 % used\..*caches nothing more, and does not report it\.\n {4}storage_limit: 1000B/,
    ],
    [
      'a robot for good',
      [object('robot', { name: 'ci', duration: -1, system: ['registry:list'], projects: {} })],
      'robots.yaml',
      /# It never expires.*\n {4}duration: -1/,
    ],
    [
      'the day on which a robot ends',
      [object('robot', { name: 'ci', duration: 30, system: ['registry:list'] }, { expires_at: 1_900_000_000 })],
      'robots.yaml',
      /# It expires on 2030-03-17/,
    ],
    [
      'an unhealthy endpoint',
      [{ ...quay, facts: { status: 'unhealthy' } }],
      'registries.yaml',
      /# Harbor reports this registry as unhealthy\.\n {2}quay:/,
    ],
    [
      'who may create projects, and the prefix of robots, although that is the default',
      [
        object('configuration', {
          project_creation_restriction: 'everyone',
          robot_name_prefix: 'robot$',
          read_only: false,
        }),
      ],
      'configuration.yaml',
      /# Every system robot.*\n {2}project_creation_restriction: everyone\n\n {2}read_only: false\n\n {2}# Part of the login name.*\n {2}robot_name_prefix: robot\$\n$/,
    ],
    [
      'a configuration that the environment owns',
      [
        object(
          'configuration',
          { token_expiration: 31, auth_mode: 'oidc_auth' },
          { not_editable: ['token_expiration'] },
        ),
      ],
      'configuration.yaml',
      /# CONFIG_OVERWRITE_JSON .*\nconfiguration: \{ auth_mode: oidc_auth \}|configuration:\n {2}auth_mode: oidc_auth\n$/,
    ],
  ])('say %s', async (_what, objects, file, expected) => {
    expect(await text(objects, file)).toMatch(expected);
  });
});

describe('secrets', () => {
  it('are references to set, if Harbor has one', async () => {
    const objects = [
      object('registry', { name: 'hub', type: 'docker-hub', credential: { access_key: 'bot', type: 'basic' } }),
      object('configuration', { oidc_client_id: 'harbor', ldap_search_dn: '' }),
      quay,
    ];
    const { secrets, files } = await writePolicies(objects, options);
    expect(secrets).toEqual([
      { env: 'OIDC_CLIENT_SECRET', address: 'configuration/harbor', field: 'oidc_client_secret' },
      { env: 'REGISTRY_HUB_ACCESS_SECRET', address: 'registry/hub', field: 'credential.access_secret' },
    ]);
    expect(files.find(({ name }) => name === 'registries.yaml')?.text).toContain(
      'credential: { access_key: bot, access_secret: { env: REGISTRY_HUB_ACCESS_SECRET } }',
    );
  });

  it('of what is left out are not asked for', async () => {
    const odd = object('robot', { name: 'Odd_Name', duration: 1, system: ['registry:list'] });
    const { secrets, leftOut } = await writePolicies([odd, quay], options);
    expect(secrets).toEqual([]);
    expect(leftOut).toEqual([
      { address: 'robot/Odd_Name', reason: expect.stringContaining('is not a valid robot name') },
    ]);
  });
});

describe('what cannot be declared', () => {
  it('is left out with what is in it and with what needs it', async () => {
    const objects = [
      object('registry', { name: 'gone', type: 'of-the-future', url: 'https://x.example.com' }),
      object('project', { name: 'on-it', registry: 'gone' }),
      object('project-member', { project: 'on-it', user: 'alice', role: 'guest' }),
      quay,
    ];
    const { leftOut, declaration } = await writePolicies(objects, options);
    expect(leftOut.map(({ address, field }) => [address, field])).toEqual([
      ['registry/gone', undefined],
      ['project/on-it', undefined],
      ['project-member/on-it/user:alice', undefined],
    ]);
    expect(declaration.objects.map(({ address }) => address)).toEqual(['registry/quay']);
  });

  it('is left out alone if the object can do without it', async () => {
    const odd = object('project', { name: 'p', severity: 'unknown', public: true });
    const { leftOut, declaration } = await writePolicies([odd], options);
    expect(leftOut).toEqual([{ address: 'project/p', field: 'severity', reason: expect.stringContaining('severity') }]);
    expect(declaration.objects[0]?.spec).toEqual({ name: 'p', public: true });
  });

  it('is found by its name, also if that is a number', async () => {
    const odd = object('user-group', { name: '3', type: 'unknown (9)' });
    const { leftOut } = await writePolicies([odd, quay], options);
    expect(leftOut.map(({ address }) => address)).toEqual(['user-group/3']);
  });

  it('may be a name', async () => {
    const { leftOut } = await writePolicies([object('user-group', { name: '__proto__', type: 'oidc' }), quay], options);
    expect(leftOut).toEqual([{ address: 'user-group/__proto__', reason: '"__proto__" cannot be a key' }]);
  });

  it('may be a key somewhere below a field, which is then left out alone', async () => {
    const parms = Object.fromEntries([['__proto__', 'x']]);
    const configuration = object('configuration', { oidc_name: 'dex', oidc_extra_redirect_parms: parms });
    const { leftOut, declaration } = await writePolicies([configuration, quay], options);
    const reason = '"__proto__" cannot be a key';
    expect(leftOut).toEqual([{ address: 'configuration/harbor', field: 'oidc_extra_redirect_parms', reason }]);
    expect(declaration.objects.map(({ address }) => address)).toContain('configuration/harbor');
  });
});

describe.each(kinds.map((kind) => [kind.name, kind] as const))('%s', (name, kind) => {
  it("is read back unchanged, without Harbor's defaults", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(kitOf(name).specs, { minLength: 1, maxLength: 3 }), async (specs) => {
        const objects = [...new Map(specs.map((spec) => [kind.identity(spec), object(name, spec)])).values()];
        const { declaration, leftOut } = await writePolicies([...objects, quay], options);
        const live = new Map(objects.map(({ spec }) => [addressOf(name, kind.identity(spec)), spec]));
        const missing = new Set(leftOut.map(({ address }) => address));
        for (const { address, spec } of declaration.objects.filter((one) => live.has(one.address)))
          expect(compare(spec, live.get(address)!, kind).filter(({ before }) => before !== undefined)).toEqual([]);
        const written = declaration.objects.map(({ address }) => address);
        // Of what there is one of, all defaults are nothing to write.
        const isSingle = kind.placements.every(({ path }: { path: string }) => !path.includes('.'));
        for (const address of live.keys())
          expect(missing.has(address) || written.includes(address) || isSingle).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

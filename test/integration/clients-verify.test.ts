import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startSandbox, type Sandbox, type SandboxRequest } from '../../src/sandbox';
import { fixtureImage, startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { makePrivateCa } from '../unit/harbor/support/private-ca';
import { createProxyProject } from './harbor-api';
import { describeWithClient, outwardAddress, type ClientProgram } from './real-clients/client';
import { containerd } from './real-clients/containerd';
import { podman, skopeo } from './real-clients/containers-image';
import { temporaryFolder } from './real-parts';

const HOST = outwardAddress() ?? '127.0.0.1';

/** How a real client of this machine is brought to pull: its environment, or a command with folders of its own. */
interface Setting {
  readonly program: ClientProgram;
  readonly client: string;
  /** Path on the machine of the file that decides. */
  readonly file: (registry: string) => string;
  /** What was done to the file, what becomes of it with this client, and what has to be said. */
  readonly mistakes: readonly (readonly [string, (text: string) => string, string, RegExp])[];
  readonly pull?: (world: { readonly root: string; readonly folder: string; readonly ca: string }) => string;
}

const SETTINGS: readonly Setting[] = [
  {
    program: containerd,
    client: 'containerd',
    file: (registry) => `/etc/containerd/certs.d/${registry}/hosts.toml`,
    mistakes: [
      [
        'no override_path',
        (text) => text.replace(/.*override_path.*\n/, ''),
        'bypassed',
        /hosts\.toml:\d+:\d+.*override_path/s,
      ],
      [
        'a capability that does not exist',
        (text) => text.replace('"resolve"', '"resolv"'),
        'bypassed',
        /hosts\.toml:\d+:\d+.*resolv/s,
      ],
      ['TOML that cannot be read', (text) => text.replace('["pull"', '["pull'), 'bypassed', /hosts\.toml:\d+:\d+/],
      [
        'the portal in place of the registry',
        (text) => text.replace('/v2/proxy.out', '/proxy.out'),
        'bypassed',
        /hosts\.toml:\d+:\d+.*v2/s,
      ],
      [
        'an authority that is not there',
        (text) => text.replace('ca = "', 'ca = "gone-'),
        'misconfigured',
        /hosts\.toml:\d+:\d+.*gone-/s,
      ],
    ],
  },
  {
    program: podman,
    client: 'podman',
    file: () => '/etc/containers/registries.conf.d/50-breakwater.conf',
    mistakes: [
      [
        'digests only',
        (text) => text.replace('[[registry.mirror]]', 'mirror-by-digest-only = true\n[[registry.mirror]]'),
        'bypassed',
        /50-breakwater\.conf:\d+:\d+.*digest/s,
      ],
      [
        'a mirror without its project',
        (text) => text.replace('/proxy.out', ''),
        'bypassed',
        /50-breakwater\.conf:\d+:\d+/,
      ],
    ],
    pull: ({ root, folder }) =>
      `env CONTAINERS_REGISTRIES_CONF=${root}/etc/containers/registries.conf.d/50-breakwater.conf podman --root ${folder}/root --runroot ${folder}/run --storage-driver vfs pull --signature-policy ${folder}/policy.json {}`,
  },
  {
    program: skopeo,
    client: 'skopeo',
    file: () => '/etc/containers/registries.conf.d/50-breakwater.conf',
    mistakes: [
      [
        'digests only',
        (text) => text.replace('[[registry.mirror]]', 'mirror-by-digest-only = true\n[[registry.mirror]]'),
        'bypassed',
        /50-breakwater\.conf:\d+:\d+.*digest/s,
      ],
      [
        'a mirror without its project',
        (text) => text.replace('/proxy.out', ''),
        'bypassed',
        /50-breakwater\.conf:\d+:\d+/,
      ],
    ],
    pull: ({ root }) =>
      `skopeo --registries-conf ${root}/etc/containers/registries.conf.d/50-breakwater.conf inspect --raw docker://{}`,
  },
];

/**
 * A Harbor whose upstream has what the stand-in for the public registry has not. The stand-in is where clients go when
 * they go around the cache.
 */
describe.each(SETTINGS)('clients verify with a real $client', (setting) => {
  describeWithClient(setting.program, () => {
    const folder = temporaryFolder();
    const authority = makePrivateCa(`IP:${HOST}`);
    const tls = { cert: authority.cert, key: authority.key };
    let behind: FixtureUpstream;
    let outside: FixtureUpstream;
    let sandbox: Sandbox;
    let registry: string;
    let requests: SandboxRequest[] = [];
    let daemon: { stop(): Promise<void> } | undefined;

    beforeAll(async () => {
      behind = await startFixtureUpstream();
      outside = await startFixtureUpstream({ host: HOST, tls });
      behind.put('library/canary', '1', fixtureImage('a'));
      behind.put('library/both', '1', fixtureImage('b'));
      outside.put('library/both', '1', fixtureImage('b'));
      outside.put('library/refused', '1', fixtureImage('c'));
      behind.put('library/moved', '1', fixtureImage('a'));
      outside.put('library/moved', '1', fixtureImage('b'));
      const password = 'Aa1verify12345';
      const onRequest = (request: SandboxRequest): void => void requests.push(request);
      sandbox = await startSandbox({ host: HOST, tls, password, timeScale: 0.02, onRequest });
      await createProxyProject({ url: sandbox.url, ca: authority.ca, password }, 'proxy.out', { url: behind.url });
      registry = new URL(outside.url).host;
      writeFileSync(join(folder.path, 'ca.crt'), authority.ca);
      writeFileSync(join(folder.path, 'policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}');
      mkdirSync(join(folder.path, 'daemon'));
      if (setting.client === 'containerd') daemon = await containerd.start(join(folder.path, 'daemon'));
    });
    afterAll(async () => {
      await daemon?.stop();
      await Promise.all([sandbox?.close(), behind?.close(), outside?.close()]);
      folder.remove();
    });
    beforeEach(() => void (requests = []));

    const policies = (profile: string): string => `
harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD }, ca_file: ca.crt }
registries: { out: { type: docker-registry, url: 'https://${registry}' } }
projects: { proxy.out: { registry: out, public: true } }
clients: { nodes: { client: ${setting.client}, profile: ${profile} } }
`;

    /** Renders what is declared into a root of its own, changes it, and verifies the client in it. */
    async function verify(
      { profile = 'fallback', change = (text: string): string | undefined => text } = {},
      ...args: string[]
    ): Promise<CliResult> {
      const directory = directoryWith({ 'a.yaml': policies(profile), 'ca.crt': authority.ca });
      const root = join(directory, 'root');
      const out = join(directory, 'out');
      const rendered = await cli(['clients', 'render', '--policies', directory, '--out', out]);
      expect([rendered.code, rendered.err]).toEqual([0, expect.anything()]);
      execFileSync('cp', ['-r', join(out, 'nodes'), root]);
      const decisive = join(root, setting.file(registry));
      const changed = change(readFileSync(decisive, 'utf8').replaceAll('/etc/', `${root}/etc/`));
      if (changed === undefined) rmSync(decisive);
      else writeFileSync(decisive, changed);
      // Without its file the client asks with an empty one.
      mkdirSync(dirname(decisive), { recursive: true });
      if (changed === undefined && setting.pull) writeFileSync(decisive, '');
      const pull = setting.pull?.({ root, folder: folder.path, ca: join(folder.path, 'ca.crt') });
      return cli(
        [
          ...['clients', 'verify', 'nodes', '--policies', directory, '--root', root],
          ...['--public-registry', `${registry}=${outside.url}`, '--public-ca', join(folder.path, 'ca.crt')],
          ...(pull === undefined ? [] : ['--pull', pull]),
          ...args.map((arg) => arg.replace('REGISTRY', registry)),
        ],
        {
          PATH: process.env['PATH'] ?? '',
          HOME: folder.path,
          SSL_CERT_FILE: join(folder.path, 'ca.crt'),
          CONTAINERD_ADDRESS: join(folder.path, 'daemon', 'containerd.sock'),
        },
      );
    }

    const canary = ['--canary', 'REGISTRY/library/canary:1'];

    it('reports served by the cache, and requests only the canary', async () => {
      const { code, out, err } = await verify({}, ...canary);
      expect([err, out]).toEqual([expect.anything(), expect.stringContaining(`${registry}: served by the cache\n`)]);
      expect(code).toBe(0);
    });

    it('reports bypassed if no file configures the cache', async () => {
      const { code, out } = await verify({ change: () => undefined }, ...canary);
      expect(out).toContain(`${registry}: bypassed\n`);
      expect(out).toMatch(/hint: .*clients render/);
      expect(code).toBe(7);
    });

    it('recognizes a bypass by the image, if the public registry has another one under the name', async () => {
      const moved = ['--canary', 'REGISTRY/library/moved:1'];
      expect((await verify({}, ...moved)).out).toContain(': served by the cache\n');
      const { out } = await verify({ change: () => undefined }, ...moved);
      expect(out).toContain(': bypassed\n');
      expect(out).toContain('came from the public registry');
    });

    it('cannot be determined with an image that both have, without one, or if the cache itself does not serve', async () => {
      const both = await verify({}, '--canary', 'REGISTRY/library/both:1');
      expect([both.code, both.out]).toEqual([1, expect.stringContaining('the public registry has the same')]);
      const none = await verify();
      expect([none.code, none.out]).toEqual([1, expect.stringContaining('hint: pass --canary')]);
      const absent = await verify({}, '--canary', 'REGISTRY/library/absent:1');
      expect([absent.code, absent.out]).toEqual([1, expect.stringContaining('the cache does not serve')]);
    });

    it('notes that a client bypasses a refusal, and reports it as an error with profile strict', async () => {
      const refused = ['--refused', 'REGISTRY/library/refused:1'];
      const open = await verify({}, ...canary, ...refused);
      expect(open.out).toContain('note: the client bypasses the cache');
      expect(open.code).toBe(0);
      const strict = await verify({ profile: 'strict' }, ...canary, ...refused);
      expect(strict.out).toContain('note: the client does not bypass the cache');
      expect(strict.code).toBe(0);
    });

    it.each(setting.mistakes)('names the line of a seeded mistake: %s', async (_, change, verdict, line) => {
      const { code, out } = await verify({ change }, ...canary);
      expect(out).toContain(`${registry}: ${verdict}\n`);
      expect(out).toMatch(line);
      expect(code).toBe(7);
    });

    it('gives a report that report merge joins', async () => {
      const { out } = await verify({ change: () => undefined }, ...canary, '--format', 'json');
      const document = JSON.parse(out) as { clients: { verdict: string }[] };
      expect(document.clients.map(({ verdict }) => verdict)).toEqual(['bypassed']);
      const directory = directoryWith({
        'one.json': out,
        'two.json': out.replace(/"instance": ".*"/, '"instance": "n2"'),
      });
      const merged = await cli(['report', 'merge', join(directory, 'one.json'), join(directory, 'two.json')]);
      expect(merged.code).toBe(7);
      expect(merged.out).toContain('bypassed');
    });
  });
});

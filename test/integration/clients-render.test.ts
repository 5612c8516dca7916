import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cli, directoryWith } from '../support/cli';

const POLICIES = `
harbor: { url: https://harbor.corp.test }
registries:
  hub: { type: docker-hub }
  quay: { type: docker-registry, url: https://quay.io }
  inner: { type: docker-registry, url: https://registry.corp.test }
projects:
  proxy.docker.io: { registry: hub, public: true, conformance: { pull: [library/alpine:3.20], mirrors: [{ domain: hub.corp.test }] } }
  proxy.quay.io: { registry: quay, public: true }
  inner: { registry: inner, public: false }
robots:
  clusters: { duration: 90, secret: { env: CLUSTERS_SECRET }, projects: { inner: [{ resource: repository, action: pull }] } }
`;
const SECRET = 'Sup3r-secret-of-clusters';

const NODES = `clients:
  nodes: { client: containerd, profile: strict, robot: clusters }
  runners: { client: dockerd, registries: [docker.io] }
`;

function policies(clients: string): string {
  return directoryWith({ 'policies/a.yaml': POLICIES, 'policies/clients.yaml': clients });
}

async function render(root: string, ...more: readonly string[]) {
  const out = join(root, 'out');
  const args = ['clients', 'render', '--policies', join(root, 'policies'), '--out', out, ...more];
  return { ...(await cli(args, { CLUSTERS_SECRET: SECRET })), out };
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('clients render', () => {
  it('writes a folder for each client, with the paths of the machine, a README and a manifest', async () => {
    const { code, out, out: directory, err } = await render(policies(NODES));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(readdirSync(join(directory, 'nodes/etc/containerd/certs.d')).sort()).toEqual([
      'docker.io',
      'quay.io',
      'registry.corp.test',
    ]);
    expect(readFileSync(join(out, 'nodes/etc/containerd/certs.d/quay.io/hosts.toml'), 'utf8')).toContain(
      'server = "https://harbor.corp.test/v2/proxy.quay.io"',
    );
    expect(JSON.parse(readFileSync(join(out, 'runners/etc/docker/daemon.json'), 'utf8'))).toEqual({
      'registry-mirrors': ['https://hub.corp.test'],
    });
    expect(readFileSync(join(out, 'nodes/README.md'), 'utf8')).toContain('strict: the public registry is never used');
    const manifest = JSON.parse(readFileSync(join(out, 'clients.json'), 'utf8')) as Manifest;
    expect(manifest.clients.map(({ name }) => name)).toEqual(['nodes', 'runners']);
    expect(manifest.files.filter((file) => !existsSync(join(out, file)))).toEqual([]);
  });

  it('writes no secret unless it is asked to, and then for its owner alone', async () => {
    const root = policies(NODES);
    const basic = Buffer.from(`robot$clusters:${SECRET}`).toString('base64');
    const path = 'nodes/etc/containerd/certs.d/registry.corp.test/hosts.toml';
    const without = await render(root);
    expect(without.code).toBe(0);
    expect(readFileSync(join(without.out, path), 'utf8')).not.toContain('Authorization');
    const withSecret = await render(root, '--with-secrets');
    expect(withSecret.code).toBe(0);
    expect(readFileSync(join(withSecret.out, path), 'utf8')).toContain(`"Basic ${basic}"`);
    expect(modeOf(join(withSecret.out, path))).toBe(0o600);
    // A public project needs no login.
    const open = join(withSecret.out, 'nodes/etc/containerd/certs.d/quay.io/hosts.toml');
    expect(readFileSync(open, 'utf8')).not.toContain('Authorization');
    expect(modeOf(open)).toBe(0o644);
    expect(readFileSync(join(withSecret.out, 'clients.json'), 'utf8')).not.toContain(basic);
  });

  it('deletes what it wrote before and no longer renders, and nothing else', async () => {
    const root = policies(NODES);
    const { out } = await render(root);
    writeFileSync(join(out, 'notes.txt'), 'mine');
    writeFileSync(
      join(root, 'policies/clients.yaml'),
      'clients: { nodes: { client: containerd, registries: [quay.io] } }\n',
    );
    const again = await render(root, '--format', 'json');
    expect(again.code).toBe(0);
    expect(existsSync(join(out, 'runners/etc/docker/daemon.json'))).toBe(false);
    expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('renders some of them, and leaves the others', async () => {
    const root = policies(NODES);
    const { out } = await render(root);
    expect((await render(root, 'nodes')).code).toBe(0);
    expect(existsSync(join(out, 'runners/etc/docker/daemon.json'))).toBe(true);
    const unknown = await cli(['clients', 'render', 'nodez', '--policies', join(root, 'policies'), '--out', out]);
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('no client nodez is declared') as string });
  });

  it('refuses a directory with other files, and a link in the way', async () => {
    const root = policies(NODES);
    const other = directoryWith({ 'precious.txt': 'x' });
    const refused = await cli(['clients', 'render', '--policies', join(root, 'policies'), '--out', other]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('breakwater did not write') as string });
    expect(readdirSync(other)).toEqual(['precious.txt']);
    const { out } = await render(root);
    const victim = join(other, 'precious.txt');
    const path = join(out, 'runners/etc/docker/daemon.json');
    rmSync(path);
    symlinkSync(victim, path);
    expect((await render(root)).code).toBe(1);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(victim, 'utf8')).toBe('x');
  });

  it('follows no link to a directory elsewhere', async () => {
    const root = policies(NODES);
    const { out } = await render(root);
    const other = directoryWith({ 'certs.d/keep.txt': 'x' });
    rmSync(join(out, 'nodes/etc/containerd'), { recursive: true });
    symlinkSync(other, join(out, 'nodes/etc/containerd'));
    expect(await render(root)).toMatchObject({ code: 1, err: expect.stringContaining('points outside it') as string });
    expect(readdirSync(join(other, 'certs.d'))).toEqual(['keep.txt']);
  });

  it('never deletes outside of its directory, whatever the manifest contains', async () => {
    const root = policies(NODES);
    const { out } = await render(root);
    writeFileSync(join(root, 'outside.txt'), 'x');
    const manifest = JSON.parse(readFileSync(join(out, 'clients.json'), 'utf8')) as Manifest;
    const files = [...manifest.files, '../outside.txt', join(root, 'outside.txt'), 'nodes/../../outside.txt'];
    writeFileSync(join(out, 'clients.json'), JSON.stringify({ ...manifest, files }));
    expect((await render(root)).code).toBe(0);
    expect(readFileSync(join(root, 'outside.txt'), 'utf8')).toBe('x');
  });

  it('writes the same bytes for the same declaration', async () => {
    const [a, b] = [await render(policies(NODES)), await render(policies(NODES))];
    const { files } = JSON.parse(readFileSync(join(a.out, 'clients.json'), 'utf8')) as Manifest;
    for (const file of [...files, 'clients.json'])
      expect(readFileSync(join(a.out, file), 'utf8')).toBe(readFileSync(join(b.out, file), 'utf8'));
  });

  it.each([
    ['an unknown program', 'x: { client: containred }', 'unknown-client', 'did you mean "containerd"?'],
    ['an unknown option', 'x: { client: containerd, options: { majr: 1 } }', 'unknown-option', 'did you mean "major"?'],
    ['a value that is not one', 'x: { client: containerd, options: { major: 3 } }', 'bad-option', 'one of 1, 2'],
    ['a registry without a project', 'x: { client: podman, registries: [ghcr.io] }', 'unknown-registry', 'ghcr.io'],
    [
      'the project of another registry',
      'x: { client: podman, registries: { docker.io: proxy.quay.io } }',
      'wrong-project',
      'quay.io',
    ],
    ['an unknown robot', 'x: { client: podman, robot: cluster }', 'unknown-robot', 'did you mean "clusters"?'],
    ['an unknown key', 'x: { client: podman, profil: strict }', 'unknown-key', 'profile'],
    ['a literal secret', 'x: { client: podman, robot: { name: robot$x, secret: abc } }', 'literal-secret', 'secret'],
  ])('validate names %s, with the line', async (_what, client, rule, words) => {
    const root = policies(`clients:\n  ${client}\n`);
    const { code, out } = await cli(['validate', '--policies', join(root, 'policies')]);
    expect(code).toBe(1);
    expect(out).toContain(`clients.yaml:2:`);
    expect(out).toContain(rule);
    expect(out).toContain(words);
  });

  const PRIVATE =
    'registries: { gh: { type: github-ghcr, url: https://ghcr.io } }\nprojects: { closed: { registry: gh } }\n';
  const grant = (text: string): string =>
    `${PRIVATE}robots: { puller: { duration: 30, secret: { env: S }, ${text} } }\nclients: { x: { client: podman, registries: [ghcr.io], robot: puller } }\n`;
  const PULL = '[{ resource: repository, action: pull }]';

  it.each([
    ['another project', `projects: { proxy.docker.io: ${PULL} }`, 'closed is private, and the robot may not pull'],
    ['listing alone', 'projects: { closed: [{ resource: repository, action: list }] }', 'the robot may not pull'],
    ['nothing, as it is disabled', `disable: true, projects: { closed: ${PULL} }`, 'the robot is disabled'],
  ])('validate warns if the robot of a client may pull from %s', async (_what, granted, words) => {
    const { code, out } = await cli(['validate', '--policies', join(policies(grant(granted)), 'policies')]);
    expect(out).toContain(words);
    expect(out).toContain('robot-may-not-pull');
    expect(code).toBe(0);
  });

  it.each([`projects: { closed: ${PULL} }`, `projects: { '*': ${PULL} }`])(
    'validate is silent where it may: %s',
    async (granted) => {
      const { out } = await cli(['validate', '--policies', join(policies(grant(granted)), 'policies')]);
      expect(out).not.toContain('robot-may-not-pull');
    },
  );

  it('trusts the map for a project whose registry is managed elsewhere', async () => {
    const external =
      'registries: { ghcr: { external: true } }\nprojects: { proxy.ghcr.io: { registry: ghcr, public: true } }\n';
    const listed = policies(`${external}clients: { x: { client: podman, registries: [ghcr.io] } }\n`);
    expect((await cli(['validate', '--policies', join(listed, 'policies')])).out).toContain(
      'write registries: { ghcr.io: proxy.ghcr.io }',
    );
    const mapped = await render(
      policies(`${external}clients: { x: { client: podman, registries: { ghcr.io: proxy.ghcr.io } } }\n`),
    );
    expect(mapped.code).toBe(0);
    expect(readFileSync(join(mapped.out, 'x/etc/containers/registries.conf.d/50-breakwater.conf'), 'utf8')).toContain(
      'harbor.corp.test/proxy.ghcr.io',
    );
  });

  it('reports that two projects serve one registry, and how to choose', async () => {
    const second = 'projects: { second: { registry: quay, public: true } }\nclients: { x: { client: podman } }\n';
    const { out } = await cli(['validate', '--policies', join(policies(second), 'policies')]);
    expect(out).toContain('quay.io is served by proxy.quay.io and second');
    expect(out).toContain('registries: { quay.io: proxy.quay.io }');
  });
});

interface Manifest {
  readonly clients: readonly { readonly name: string }[];
  readonly files: readonly string[];
}

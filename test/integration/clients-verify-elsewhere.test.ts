import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCanary, type Canary } from '../../src/canary';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { fixtureImage, startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { parse } from 'yaml';
import { cli, directoryWith } from '../support/cli';
import { callApi, createProxyProject, untilArtifact } from './harbor-api';

const PASSWORD = 'Harbor12345';

describe('clients verify, without an installed client', () => {
  let upstream: FixtureUpstream;
  let sandbox: Sandbox;
  beforeAll(async () => {
    upstream = await startFixtureUpstream();
    upstream.put('library/php', '8', fixtureImage('a'));
    sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.02 });
    await createProxyProject(sandbox, 'proxy.out', { url: upstream.url });
  });
  afterAll(() => Promise.all([sandbox?.close(), upstream?.close()]));

  const policies = (client: string, more = ''): string => `
harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }
registries: { out: { type: docker-registry, url: 'https://registry.corp.test' } }
projects: { proxy.out: { registry: out, public: true${more} } }
clients: { nodes: { client: ${client} } }
`;

  function verify(text: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const directory = directoryWith({ 'a.yaml': text });
    const environment = { HARBOR_PASSWORD: PASSWORD, PATH: process.env['PATH'] ?? '', ...env };
    return cli(['clients', 'verify', '--policies', directory, '--root', directory, ...args], environment);
  }

  it('cannot be determined for a client without a pull program, with a hint', async () => {
    const { code, out } = await verify(policies('kaniko'), ['--canary', 'registry.corp.test/library/php:8']);
    expect(code).toBe(1);
    expect(out).toContain('nodes on ');
    expect(out).toMatch(
      /cannot tell\n {2}this machine has no program that pulls like .*: pass --pull, or use --render-job/,
    );
  });

  it('exits with 8 if the cache cannot be reached, and reports no bypass', async () => {
    const text = policies('podman').replace(sandbox.url, 'http://127.0.0.1:1');
    const pull = ['--pull', 'false {}', '--canary', 'registry.corp.test/library/php:8'];
    const { code, out } = await verify(text, pull);
    expect(out).toContain(': cannot tell\n');
    expect(code).toBe(8);
  });

  it.each([
    ['--canary', 'UPPER/case:1'],
    ['--refused', 'quay.io/of/another:1'],
    ['--public-registry', 'docker.io'],
    ['--public-ca', '/no/such/file'],
    ['--render-job'],
    ['--pods', '/no/such/file'],
    ['--ssh', 'node1'],
  ])('refuses %s %s', async (...args) => {
    const { code, out, err } = await verify(policies('podman'), args);
    expect([code, out]).toEqual([1, '']);
    expect(err).not.toContain('internal error');
  });

  it('writes the Job that pulls the canary on every node', async () => {
    const args = ['--render-job', '--nodes', '3', '--namespace', 'ops', '--canary', 'registry.corp.test/library/php:8'];
    const { code, out } = await verify(policies('containerd'), args);
    expect(code).toBe(0);
    expect(parse(out)).toMatchObject({
      kind: 'Job',
      metadata: { namespace: 'ops' },
      spec: { completions: 3, template: { spec: { containers: [{ image: 'registry.corp.test/library/php:8' }] } } },
    });
  });

  describe('over ssh', () => {
    /** An ssh that stays here: what it is asked to run is run by the shell, as sshd does. */
    function sshFolder(): string {
      const folder = directoryWith({});
      const script =
        '#!/bin/sh\nwhile [ "$1" != -- ]; do case "$1" in -o) shift ;; node1) host=1 ;; esac; shift; done\nshift\n[ "$host" = 1 ] || exit 255\nexec sh -c "$*"\n';
      writeFileSync(join(folder, 'ssh'), script);
      chmodSync(join(folder, 'ssh'), 0o755);
      return folder;
    }

    it('pulls on the other machine, and does not treat an unreachable registry as proof', async () => {
      const directory = directoryWith({ 'a.yaml': policies('kaniko') });
      const pull = `echo ${fixtureImage('a').digest} {}`;
      const args = ['--ssh', 'node1', '--pull', pull, '--canary', 'registry.corp.test/library/php:8'];
      const { code, out } = await cli(['clients', 'verify', '--policies', directory, ...args], {
        HARBOR_PASSWORD: PASSWORD,
        PATH: `${sshFolder()}:${process.env['PATH'] ?? ''}`,
      });
      expect(out).toContain('nodes on node1, registry.corp.test: cannot tell\n');
      expect(out).toContain('whether the public registry has');
      expect(code).toBe(1);
      const known = await startFixtureUpstream();
      const more = ['--public-registry', `registry.corp.test=${known.url}`];
      const proven = await cli(['clients', 'verify', '--policies', directory, ...args, ...more], {
        HARBOR_PASSWORD: PASSWORD,
        PATH: `${sshFolder()}:${process.env['PATH'] ?? ''}`,
      });
      await known.close();
      expect(proven.out).toContain('nodes on node1, registry.corp.test: served by the cache\n');
      expect(proven.code).toBe(0);
    });

    it('cannot be determined if the machine does not respond', async () => {
      const directory = directoryWith({ 'a.yaml': policies('kaniko') });
      const args = ['--ssh', 'node2', '--pull', 'true {}', '--canary', 'registry.corp.test/library/php:8'];
      const { code, out } = await cli(['clients', 'verify', '--policies', directory, ...args], {
        HARBOR_PASSWORD: PASSWORD,
        PATH: `${sshFolder()}:${process.env['PATH'] ?? ''}`,
      });
      expect([code, out]).toEqual([1, expect.stringContaining(': cannot tell\n')]);
    });
  });

  describe('with a canary that takes commands', () => {
    let canary: Canary;
    beforeAll(async () => {
      canary = await startCanary({
        host: '127.0.0.1',
        port: 0,
        control: { host: '127.0.0.1', port: 0, token: 'canary-token' },
      });
      await createProxyProject(sandbox, 'proxy.canary', { url: canary.url });
    });
    afterAll(() => canary?.close());

    it('publishes a new image and removes it', async () => {
      const { host } = new URL(canary.url);
      const text = `
harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }
registries: { canary: { type: docker-registry, url: 'https://${host}' } }
projects:
  proxy.canary:
    { registry: canary, public: true, conformance: { pull: [breakwater/single:1], canary: { url: '${canary.controlUrl}', token: { env: TOKEN } } } }
clients: { nodes: { client: podman } }
`;
      const outside = await startFixtureUpstream();
      const args = ['--pull', 'echo {}', '--public-registry', `${host}=${outside.url}`, '--format', 'json'];
      const { code, out } = await verify(text, args, { TOKEN: 'canary-token' });
      await outside.close();
      const { clients } = JSON.parse(out) as { clients: { verdict: string; canary: { reference: string } }[] };
      expect([code, clients[0]?.verdict]).toEqual([0, 'served by the cache']);
      expect(clients[0]?.canary.reference).toMatch(/\/breakwater\/canary:verify-[0-9a-f]{12}$/);
      const tag = clients[0]?.canary.reference.split(':').at(-1) ?? '';
      const gone = await fetch(`${canary.url}/v2/breakwater/canary/manifests/${tag}`);
      expect(gone.status).toBe(404);
    });
  });

  describe('from the pods of a cluster', () => {
    const DIGEST = fixtureImage('a').digest;
    const container = (name: string, image: string, digest: string | undefined, startedAt: string) => ({
      metadata: { namespace: 'web', name },
      spec: { nodeName: 'n1', containers: [{ name, image }] },
      status: {
        containerStatuses: [
          { name, imageID: digest === undefined ? '' : `${image}@${digest}`, state: { running: { startedAt } } },
        ],
      },
    });

    async function pods(...items: object[]) {
      const directory = directoryWith({ 'pods.json': JSON.stringify({ items }) });
      const { code, out } = await verify(policies('containerd'), [
        '--pods',
        join(directory, 'pods.json'),
        '--format',
        'json',
      ]);
      return { code, ...(JSON.parse(out) as { pods: { verdict: string; because: string }[]; notCached: number }) };
    }

    beforeAll(async () => {
      const scope = 'service=harbor-registry&scope=repository:proxy.out/library/php:pull';
      const { token } = (await (await fetch(`${sandbox.url}/service/token?${scope}`)).json()) as { token: string };
      const get = (path: string) =>
        fetch(`${sandbox.url}/v2/proxy.out/library/php/${path}`, {
          headers: { authorization: `Bearer ${token}`, accept: fixtureImage('a').mediaType },
        }).then((answer) => answer.arrayBuffer());
      await get('manifests/8');
      for (const { digest } of fixtureImage('a').blobs) await get(`blobs/${digest}`);
      await untilArtifact(sandbox, 'proxy.out', 'library/php', '8');
      await get('manifests/8');
      await untilPulled();
    });

    async function untilPulled(): Promise<void> {
      const path = `/projects/proxy.out/repositories/library%252Fphp/artifacts/${DIGEST}`;
      for (let tries = 0; tries < 600; tries++) {
        const { body } = await callApi(sandbox, 'GET', path);
        if (Date.parse((body as { pull_time: string }).pull_time) > 0) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error('Harbor recorded no pull');
    }

    it('treats a record at the start time of a container as proof, and a missing record as unknown', async () => {
      const now = new Date().toISOString();
      const image = 'registry.corp.test/library/php';
      const unknown = `sha256:${'b'.repeat(64)}`;
      const {
        code,
        pods: judged,
        notCached,
      } = await pods(
        container('now', image, DIGEST, now),
        container('then', image, DIGEST, '2020-01-01T00:00:00Z'),
        container('unknown', image, unknown, now),
        container('nothing', image, undefined, now),
        container('rewritten', `${new URL(sandbox.url).host}/proxy.out/library/php`, DIGEST, now),
        container('elsewhere', 'ghcr.io/a/b', DIGEST, now),
      );
      expect(judged.map(({ verdict }) => verdict)).toEqual([
        'served by the cache',
        'cannot tell',
        'cannot tell',
        'cannot tell',
        'served by the cache',
      ]);
      expect([code, notCached]).toEqual([1, 1]);
    });

    it('compares images of nodes that no pod runs, and treats only Harbor’s own name as proof', async () => {
      const image = 'registry.corp.test/library/php';
      const own = `${new URL(sandbox.url).host}/proxy.out/library/php:8`;
      const unknown = `sha256:${'b'.repeat(64)}`;
      const node = (name: string, created: string, ...images: string[][]) => ({
        kind: 'Node',
        metadata: { name, creationTimestamp: created },
        status: { images: images.map((names) => ({ names })) },
      });
      const running = container('now', image, DIGEST, new Date().toISOString());
      const long = '2020-01-01T00:00:00Z';
      const {
        code,
        notCached,
        pods: judged,
      } = await pods(
        running,
        node('n1', long, [`${image}@${DIGEST}`, `${image}:8`], [`ghcr.io/a/b@${unknown}`]),
        node('n2', long, [own], [`${image}@${DIGEST}`], [`${image}@${unknown}`], [`${image}:9`]),
        node('n3', new Date(Date.now() + 3_600_000).toISOString(), [`${image}@${DIGEST}`]),
      );
      expect(judged.map(({ verdict, because }) => `${verdict}: ${because}`)).toEqual([
        expect.stringMatching(/^served by the cache: /),
        expect.stringMatching(/^served by the cache: the name is Harbor’s own/),
        expect.stringMatching(/^cannot tell: proxy.out recorded the last pull at .* does not report when it pulled/),
        expect.stringMatching(/^cannot tell: proxy.out has no library\/php@/),
        expect.stringMatching(/^cannot tell: the node names no digest/),
        expect.stringMatching(/^cannot tell: .* before the node existed/),
      ]);
      expect([code, notCached]).toEqual([1, 1]);
    });

    it('treats a canary pod that did not find the image as a bypass', async () => {
      const pod = {
        metadata: { namespace: 'ops', name: 'c', labels: { 'breakwater.io/clients-verify': 'true' } },
        spec: { nodeName: 'n2', containers: [{ name: 'canary', image: 'registry.corp.test/x/y:1' }] },
        status: {
          containerStatuses: [
            {
              name: 'canary',
              state: { waiting: { reason: 'ErrImagePull', message: 'registry.corp.test/x/y:1: not found' } },
            },
          ],
        },
      };
      const { code, pods: judged } = await pods(pod);
      expect([code, judged.map(({ verdict }) => verdict)]).toEqual([7, ['bypassed']]);
    });
  });
});

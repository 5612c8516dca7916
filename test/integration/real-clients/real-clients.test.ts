import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox, type Sandbox, type SandboxRequest } from '../../../src/sandbox';
import { fixtureImage, image, startFixtureUpstream, type FixtureUpstream } from '../../../src/upstream';
import { makePrivateCa } from '../../unit/harbor/support/private-ca';
import { callApi, createProxyProject, untilArtifact, type ApiTarget } from '../harbor-api';
import { temporaryFolder } from '../real-parts';
import { describeWithClient, outwardAddress, type Login, type PulledImage, type RealClient } from './client';
import { containerd } from './containerd';
import { podman, skopeo } from './containers-image';
import { docker } from './docker';

const HOST = outwardAddress() ?? '127.0.0.1';
const oci = fixtureImage('a');
const dockerTyped = fixtureImage('c');
const multi = fixtureImage('idx');
const otherMulti = fixtureImage('idx2');
const mirrored = fixtureImage('b');
const layered = image({ seed: 'several-megabytes', sizeBytes: 5 << 20 });

describe.each([{ program: skopeo }, { program: podman }, { program: containerd }, { program: docker }])(
  'real clients, TLS by a private authority:',
  ({ program }) => {
    describeWithClient(program, () => {
      const folder = temporaryFolder();
      const authority = makePrivateCa(`IP:${HOST}`);
      const { persona } = program;
      let requests: SandboxRequest[] = [];
      let upstream: FixtureUpstream;
      let sandbox: Sandbox;
      let api: ApiTarget;
      let host: string;
      let client: RealClient;
      let robot: Login;

      beforeAll(async () => {
        upstream = await startFixtureUpstream();
        upstream.put('library/oci', '1', oci);
        upstream.put('library/docker', '1', dockerTyped);
        upstream.put('library/multi', '1', multi);
        upstream.put('library/other', '1', otherMulti);
        upstream.put('library/mirrored', '1', mirrored);
        upstream.put('library/layered', '1', layered);
        // It may be reachable from outside for these seconds.
        const password = `Aa1${randomBytes(12).toString('hex')}`;
        const tls = { cert: authority.cert, key: authority.key };
        const onRequest = (request: SandboxRequest): void => void requests.push(request);
        sandbox = await startSandbox({ host: HOST, tls, password, timeScale: 0.02, onRequest });
        host = `${HOST}:${sandbox.port}`;
        api = { url: sandbox.url, ca: authority.ca, password };
        await createProxyProject(api, 'proxy', { url: upstream.url });
        await callApi(api, 'POST', '/projects', privateProject(1));
        robot = await createRobot(api, 'private');
        mkdirSync(join(folder.path, 'client'));
        client = await program.start(join(folder.path, 'client'));
      });
      afterAll(async () => {
        await client?.stop();
        await Promise.all([sandbox?.close(), upstream?.close()]);
        folder.remove();
      });

      /** As it is, but for a client whose order is random. */
      function ordered(types: readonly string[]): readonly string[] {
        return program.shufflesAccept ? [...types].sort() : types;
      }

      async function pull(image: string, login?: Login): Promise<PulledImage> {
        requests = [];
        return client.pull(`${host}/${image}`, login);
      }

      it('refuses a certificate of an unknown CA', async () => {
        await expect(pull('proxy/library/oci:1')).rejects.toThrow(/certificate signed by unknown authority/);
        expect(requests).toEqual([]);
        client.trust(host, authority.ca);
      });

      it.each([
        { name: 'oci', what: 'an OCI image', expected: oci },
        { name: 'docker', what: 'an image of Docker’s types', expected: dockerTyped },
        { name: 'layered', what: 'a layer of 5 MiB', expected: layered },
      ])('pulls $what, cold and cached, under the same digest', async ({ name, expected }) => {
        const whole = { digests: [expected.digest], configDigest: expected.blobs[0]!.digest };
        expect(await pull(`proxy/library/${name}:1`)).toEqual(whole);
        await untilArtifact(api, 'proxy', `library/${name}`, '1');
        expect(await pull(`proxy/library/${name}@${expected.digest}`)).toEqual(whole);
      });

      it('pulls its own platform out of an index', async () => {
        const own = multi.children.find(({ architecture }) => architecture === 'amd64')!;
        const { digests, configDigest } = await pull('proxy/library/multi:1');
        expect(configDigest).toBe(own.blobs[0]!.digest);
        expect(digests.length).toBeGreaterThan(0);
        expect([multi.digest, own.digest]).toEqual(expect.arrayContaining([...digests]));
      });

      it('sends the requests of its persona', async () => {
        await pull('proxy/library/oci:1');
        const own = requests.filter(({ target }) => target.startsWith('/v2/'));
        const manifests = own.filter(({ target }) => target.includes('/manifests/'));
        const byTag = manifests.filter(({ target }) => target.includes('/manifests/1'));
        expect(own[0]!.target === '/v2/').toBe(persona.pings);
        expect(byTag[0]!.method).toBe(persona.byTag);
        expect(ordered(acceptOf(byTag[0]!))).toEqual(ordered(persona.accept));
        for (const [name, value] of Object.entries(persona.headers ?? {})) expect(byTag[0]!.headers[name]).toBe(value);
      });

      it('sends the requests of its persona by digest', async () => {
        await pull('proxy/library/other:1');
        const path = `/v2/proxy/library/other/manifests/${otherMulti.digest}`;
        const lists = requests.filter(({ method, target }) => method === 'GET' && target === path).map(acceptOf);
        if (persona.byTag === 'GET') return expect(lists).toEqual([]);
        const expected = persona.byDigest === 'same' ? persona.accept : [otherMulti.mediaType, '*/*'];
        // containerd fetches what it needs for choosing the platform once more.
        expect(lists.length).toBeGreaterThan(0);
        for (const list of lists) expect(ordered(list)).toEqual(ordered(expected));
      });

      it('pulls from a private project as a robot, but not anonymously', async () => {
        await expect(pull('private/library/oci:1')).rejects.toThrow(/unauthorized|denied|authorization failed/i);
        expect((await pull('private/library/oci:1', robot)).configDigest).toBe(oci.blobs[0]!.digest);
        const token = requests.find(({ target }) => target.startsWith('/service/token'));
        expect(token?.method).toBe(persona.token);
        const wrong = { ...robot, password: 'Wrong12345' };
        await expect(pull('private/library/docker:1', wrong)).rejects.toThrow(
          /unauthorized|denied|authorization failed/i,
        );
      });

      it('pulls from a public project also with an invalid login: Harbor issues a token for public permissions', async () => {
        const dead = { ...robot, password: 'Wrong12345' };
        expect((await pull('proxy/library/oci:1', dead)).configDigest).toBe(oci.blobs[0]!.digest);
      });

      const itMirrors = program.mirrors ? it : it.skip;
      itMirrors('pulls through a mirror what is named after another registry', async () => {
        client.mirror!('registry.example.com', `${host}/proxy`, authority.ca);
        requests = [];
        const { configDigest } = await client.pull('registry.example.com/library/mirrored:1');
        expect(configDigest).toBe(mirrored.blobs[0]!.digest);
        const asked = requests.filter(({ target }) => target.startsWith('/v2/proxy/library/mirrored/'));
        expect(asked.length).toBeGreaterThan(0);
        const named = asked.filter(({ target }) => target.includes('?ns=registry.example.com'));
        expect(named).toEqual(program.mirrors === 'saying whose' ? asked : []);
      });

      it('pulls what is cached while the upstream is down, and reports what is not', async () => {
        await upstream.stop();
        expect((await pull('proxy/library/layered:1')).configDigest).toBe(layered.blobs[0]!.digest);
        await expect(pull('proxy/library/never:1')).rejects.toThrow(/not found|unknown/i);
      });
    });
  },
);

function acceptOf({ headers }: SandboxRequest): string[] {
  return String(headers.accept)
    .split(',')
    .map((type) => type.trim());
}

/** In front of the registry that `createProxyProject` made first. */
function privateProject(registryId: number): object {
  return { project_name: 'private', registry_id: registryId, metadata: { public: 'false' } };
}

async function createRobot(api: ApiTarget, project: string): Promise<Login> {
  const access = [{ resource: 'repository', action: 'pull' }];
  const permissions = [{ kind: 'project', namespace: project, access }];
  const { body } = await callApi(api, 'POST', '/robots', { name: 'puller', level: 'system', duration: 1, permissions });
  const { name, secret } = body as { name: string; secret: string };
  return { username: name, password: secret };
}

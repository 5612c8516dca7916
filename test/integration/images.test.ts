import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { releaseOf } from '../../src/deploy/harbor';
import { index, type FixtureImage } from '../../src/upstream';
import { cli, directoryWith } from '../support/cli';
import { describeWithRealParts, startRealRegistry, temporaryFolder } from './real-parts';

const SIGN = 'https://sigstore.dev/cosign/sign/v1';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const SHIPPED = readFileSync(resolve(__dirname, '../../stacks/images.yaml'), 'utf8');

describeWithRealParts('images, at a real registry', () => {
  const folder = temporaryFolder();
  let registry: Awaited<ReturnType<typeof startRealRegistry>>;
  const ask = (): string[] => ['--registry', registry.host, '--insecure'];

  beforeAll(async () => {
    registry = await startRealRegistry(folder.path);
    for (const release of ['v2.15.2', 'v2.16.0']) {
      for (const name of Object.values(releaseOf(release).images)) await push(`${name}:${release}`, release);
    }
  }, 120_000);
  afterAll(async () => {
    await registry.stop();
    folder.remove();
  });

  /** By its API: thirty processes of skopeo take longer than all tests. */
  async function push(name: string, content: string): Promise<void> {
    const [repository, tag] = name.split(':');
    const made = index({ archs: ['amd64', 'arm64'], seed: `${name} ${content}` });
    await pushImage(`http://${registry.host}/v2/goharbor/${repository}`, tag!, made);
  }

  async function pushImage(base: string, reference: string, made: FixtureImage): Promise<void> {
    for (const child of made.children) await pushImage(base, child.digest, child);
    for (const blob of made.blobs) await pushBlob(base, Buffer.concat([...blob.chunks()]));
    await putManifest(`${base}/manifests/${reference}`, made.mediaType, made.manifest.toString());
  }

  it('pins a new release before the others, and keeps every other byte', async () => {
    const stacks = directoryWith({ 'images.yaml': SHIPPED });
    const { code, out, err } = await cli(['images', 'pin', 'v2.16.0', '--stacks', stacks, ...ask()]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('12 images for linux/amd64, written to');
    const text = readFileSync(join(stacks, 'images.yaml'), 'utf8');
    const added = text.slice(text.indexOf('  v2.16.0:'), text.indexOf('  v2.15.2:'));
    expect(text.replace(added, '')).toBe(SHIPPED);
    expect(added).toMatch(
      new RegExp(`core:\\n +image: ${registry.host}/goharbor/harbor-core:v2.16.0@sha256:[0-9a-f]{64}`),
    );
    const again = await cli(['images', 'pin', 'v2.16.0', '--stacks', stacks, ...ask()]);
    expect(again.out).toContain('is unchanged');
    expect(readFileSync(join(stacks, 'images.yaml'), 'utf8')).toBe(text);
  });

  it('changes the pins of a release that is there, and its comments stay', async () => {
    const stacks = directoryWith({ 'images.yaml': SHIPPED });
    const { code } = await cli(['images', 'pin', 'v2.15.2', '--stacks', stacks, '--hub-names', ...ask()]);
    expect(code).toBe(0);
    const text = readFileSync(join(stacks, 'images.yaml'), 'utf8');
    const digest = (of: string): string => /registry-photon:v2\.15\.2@(sha256:\w+)/.exec(of)![1]!;
    expect(digest(text)).not.toBe(digest(SHIPPED));
    const comments = (of: string): string[] => of.split('\n').filter((line) => line.trim().startsWith('#'));
    expect(comments(text)).toEqual(comments(SHIPPED));
    expect(text.slice(text.indexOf('  v2.15.0:'))).toBe(SHIPPED.slice(SHIPPED.indexOf('  v2.15.0:')));
    const checked = await cli(['images', 'check', 'v2.15.2', '--stacks', stacks, ...ask()]);
    expect([checked.code, checked.out]).toEqual([0, expect.stringContaining('12 of 12 pins match their tags')]);
    expect(checked.out).toContain('newer releases: v2.16.0');
  });

  /** Pushes what `cosign sign --key` pushes for the digest of an image. */
  async function signImage(name: string, release: string, key: KeyObject, digest?: string): Promise<void> {
    const base = `http://${registry.host}/v2/goharbor/${name}`;
    const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
    const head = await fetch(`${base}/manifests/${release}`, { headers: { accept } });
    const own = head.headers.get('docker-content-digest')!;
    const image = { 'docker-manifest-digest': digest ?? own };
    const payload = Buffer.from(JSON.stringify({ critical: { image, type: 'cosign container image signature' } }));
    const signature = sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', payload, key).toString('base64');
    const layer = {
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
      ...(await pushBlob(base, payload)),
      annotations: { 'dev.cosignproject.cosign/signature': signature },
    };
    const config = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      ...(await pushBlob(base, Buffer.from('{}'))),
    };
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const body = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [layer] });
    const tag = `${own.replace(':', '-')}.sig`;
    await putManifest(`${base}/manifests/${tag}`, mediaType, body);
  }

  /** Pushes what cosign 3 pushes with a key: a bundle, and the tag that stands in for the API of referrers. */
  async function signByBundle(name: string, release: string, key: KeyObject, predicateType = SIGN): Promise<void> {
    const base = `http://${registry.host}/v2/goharbor/${name}`;
    const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
    const head = await fetch(`${base}/manifests/${release}`, { headers: { accept } });
    const own = head.headers.get('docker-content-digest')!;
    const payloadType = 'application/vnd.in-toto+json';
    const subject = [{ digest: { sha256: own.slice('sha256:'.length) } }];
    const payload = Buffer.from(JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType }));
    const signed = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} ${payload.toString()}`);
    const signatures = [{ sig: sign('sha256', signed, key).toString('base64') }];
    const dsseEnvelope = { payload: payload.toString('base64'), payloadType, signatures };
    const bundle = { mediaType: BUNDLE, verificationMaterial: { publicKey: { hint: '' } }, dsseEnvelope };
    const layers = [{ mediaType: BUNDLE, ...(await pushBlob(base, Buffer.from(JSON.stringify(bundle)))) }];
    const config = { mediaType: 'application/vnd.oci.empty.v1+json', ...(await pushBlob(base, Buffer.from('{}'))) };
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers, artifactType: BUNDLE });
    const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
    await putManifest(`${base}/manifests/${digest}`, mediaType, manifest);
    const manifests = [{ mediaType, digest, size: manifest.length, artifactType: config.mediaType }];
    const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests };
    await putManifest(`${base}/manifests/${own.replace(':', '-')}`, index.mediaType, JSON.stringify(index));
  }

  async function putManifest(url: string, type: string, body: string): Promise<void> {
    expect((await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body })).status).toBe(201);
  }

  async function pushBlob(base: string, content: Buffer): Promise<{ digest: string; size: number }> {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
    const url = new URL(begun.headers.get('location')!);
    url.searchParams.set('digest', digest);
    expect((await fetch(url, { method: 'PUT', body: new Uint8Array(content) })).status).toBe(201);
    return { digest, size: content.length };
  }

  const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
  const withSignature = (declared: string): string => `${SHIPPED}signatures:\n  - { ${declared} }\n`;

  describe('with a declared signature', () => {
    const RELEASE = 'v2.13.9';
    const names = Object.values(releaseOf(RELEASE).images);
    const keys = {
      'ECDSA P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
      Ed25519: generateKeyPairSync('ed25519'),
    };
    const pin = (stacks: string, ...more: string[]) =>
      cli(['images', 'pin', RELEASE, '--stacks', stacks, ...ask(), ...more]);
    const stacksWith = (key: KeyObject): string =>
      directoryWith({
        'images.yaml': withSignature(`images: ${registry.host}/goharbor/, key: keys/a.pub`),
        'keys/a.pub': pem(key),
      });

    beforeAll(async () => {
      for (const name of names) await push(`${name}:${RELEASE}`, RELEASE);
    }, 120_000);

    it('writes nothing for images that are not signed', async () => {
      const stacks = stacksWith(keys.RSA.publicKey);
      const { code, out } = await pin(stacks);
      expect([code, out]).toEqual([1, expect.stringContaining('12 images could not be resolved')]);
      expect(out).toMatch(/it is not signed: the registry has neither sha256-\w+\.sig nor a Sigstore bundle for it/);
      expect(readFileSync(join(stacks, 'images.yaml'), 'utf8')).not.toContain(RELEASE);
    });

    it.each(Object.entries(keys))(
      'pins images that are signed by the key, %s',
      async (_, { publicKey, privateKey }) => {
        for (const name of names) await signImage(name, RELEASE, privateKey);
        const stacks = stacksWith(publicKey);
        expect(await pin(stacks)).toMatchObject({ code: 0, err: '' });
        const check = ['images', 'check', RELEASE, '--stacks', stacks, ...ask()];
        expect((await cli(check)).code).toBe(0);
        const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        await signImage('harbor-core', RELEASE, other.privateKey);
        const checked = await cli(check);
        expect([checked.code, checked.out]).toEqual([
          2,
          expect.stringMatching(/unsigned +v2\.13\.9 core: .*by the declared key/),
        ]);
      },
    );

    it('does not accept a signature of another image', async () => {
      const { publicKey, privateKey } = keys.Ed25519;
      for (const name of names) await signImage(name, RELEASE, privateKey);
      await signImage('harbor-core', RELEASE, privateKey, `sha256:${'0'.repeat(64)}`);
      const { code, out } = await pin(stacksWith(publicKey));
      expect([code, out]).toEqual([1, expect.stringContaining('1 image could not be resolved')]);
      expect(out).toContain('no signature of it is by the declared key');
    });

    it('pins images that cosign 3 signed, with a bundle among their referrers', async () => {
      const release = 'v2.13.8';
      const { publicKey, privateKey } = keys['ECDSA P-256'];
      const stacks = stacksWith(publicKey);
      const ours = () => cli(['images', 'pin', release, '--stacks', stacks, ...ask()]);
      for (const name of names) await push(`${name}:${release}`, release);
      for (const name of names) await signByBundle(name, release, privateKey);
      expect(await ours()).toMatchObject({ code: 0, err: '' });
      await signByBundle('harbor-core', release, keys.RSA.privateKey);
      expect((await ours()).out).toContain('no signature of it is by the declared key');
      await signByBundle('harbor-core', release, privateKey, 'https://slsa.dev/provenance/v1');
      expect((await ours()).out).toContain('no signature of it is by the declared key');
    }, 120_000);

    it('names the command that verifies a keyless signature, and accepts --skip-keyless', async () => {
      const declared = `images: ${registry.host}/, identity: ci@corp.net, issuer: https://issuer.corp.net`;
      const stacks = directoryWith({ 'images.yaml': withSignature(declared) });
      const refused = await pin(stacks);
      expect([refused.code, refused.out]).toEqual([
        1,
        expect.stringMatching(/cosign verify --certificate-identity 'ci@corp\.net' .*harbor-core:v2\.13\.9@sha256:/),
      ]);
      expect(await pin(stacks, '--skip-keyless')).toMatchObject({ code: 0 });
    });

    it('is refused if the key cannot be read, with its path', async () => {
      const stacks = directoryWith({ 'images.yaml': withSignature('images: x, key: none.pub') });
      const { code, err } = await pin(stacks);
      expect([code, err]).toEqual([1, expect.stringMatching(/none\.pub is not a public key that can be read/)]);
    });
  });

  it('writes nothing if one image is missing or built for another platform', async () => {
    const stacks = directoryWith({ 'images.yaml': SHIPPED });
    const missing = await cli(['images', 'pin', 'v2.14.9', '--stacks', stacks, ...ask()]);
    expect([missing.code, missing.out]).toEqual([1, expect.stringContaining('12 images could not be resolved')]);
    const other = await cli(['images', 'pin', 'v2.16.0', '--stacks', stacks, '--platform', 'linux/s390x', ...ask()]);
    expect([other.code, other.out]).toEqual([1, expect.stringContaining('it has no image for linux/s390x')]);
    expect(readFileSync(join(stacks, 'images.yaml'), 'utf8')).toBe(SHIPPED);
  });

  it('distinguishes a moved tag from a deleted one', async () => {
    const stacks = directoryWith({ 'images.yaml': SHIPPED });
    await cli(['images', 'pin', 'v2.16.0', '--stacks', stacks, ...ask()]);
    await push('harbor-portal:v2.16.0', 'moved');
    writeFileSync(
      join(stacks, 'images.yaml'),
      readFileSync(join(stacks, 'images.yaml'), 'utf8').replace('harbor-log:v2.16.0', 'harbor-log:v2.16.9'),
    );
    const { code, out } = await cli(['images', 'check', 'v2.16.0', '--stacks', stacks, '--format', 'json', ...ask()]);
    const { pins } = JSON.parse(out) as { pins: { id: string; outcome: string }[] };
    expect(code).toBe(2);
    expect(pins.filter(({ outcome }) => outcome !== 'same').map(({ id, outcome }) => [id, outcome])).toEqual([
      ['log', 'gone'],
      ['portal', 'moved'],
    ]);
  });
});

it.each([
  [['images', 'pin'], /no release is given/],
  [['images', 'pin', '2.15'], /is not a release of Harbor/],
  [['images', 'pin', 'v2.15.2', '--registry', 'no host'], /is not a valid registry/],
  [['images', 'pin', 'v2.15.2', '--username', 'bot'], /the password of bot is not set/],
])('%j is refused before a request is sent', async (argv, expected) => {
  const { code, err } = await cli(argv, {}, directoryWith({}));
  expect([code, err]).toEqual([1, expect.stringMatching(expected)]);
});

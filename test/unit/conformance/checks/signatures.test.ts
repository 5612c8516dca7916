import { RegistryClient } from '../../../../src/oci';
import {
  isSignedBy,
  makeKeys,
  publishSigned,
  SIGNATURE_ANNOTATION,
  signedImage,
  type SignedImage,
} from '../../../support/signed-image';
import { certified, verifyNotation } from '../../../support/notation-envelope';
import { isBundleOf } from '../../../support/sigstore-bundle';
import { Front } from '../../../verdicts/front';
import { openStage, shown, type Stage } from '../scenarios/stage';

const IMAGE = 'library/signed:1';
const IDS = ['P1', 'P2', 'P3', 'P4'];

let stage: Stage;
let signed: SignedImage;
const keys = makeKeys();
afterEach(() => stage.close());

async function open(version: string, metadata: Readonly<Record<string, string>> = {}): Promise<void> {
  stage = await openStage({ version, metadata, declared: { images: [IMAGE] } });
  signed = signedImage('signed', keys);
  publishSigned(stage.upstream, 'library/signed', '1', signed);
  const [project] = stage.target.projects;
  const origin = { url: stage.upstream.url };
  stage = { ...stage, target: { ...stage.target, projects: [{ ...project!, origin }] } };
}

async function play(id: string): Promise<string> {
  const { status, message } = await stage.play(id, stage.target);
  return `${id} ${status}: ${message}`;
}

describe('signatures through Harbor 2.16 with proxy_referrer_api', () => {
  beforeEach(() => open('v2.16.0', { proxy_referrer_api: 'true' }));

  it('are found by cosign, as bundles and by notation', async () => {
    expect(await play('P1')).toBe('P1 pass: found and fetched');
    expect(await play('P2')).toBe('P2 pass: 1 cosign signature found and fetched');
    expect(await play('P3')).toBe('P3 pass: 1 Sigstore bundle found and fetched');
    expect(await play('P4')).toBe('P4 pass: 1 notation signature found and fetched');
    expect(await play('M11')).toBe('M11 pass: 3 referrers');
  });

  it.each(['P1', 'P2'])('%s does not take a limit of a proxy for a missing signature', async (id) => {
    const front = await Front.start();
    front.target = stage.sandbox.url;
    const isSignature = (url: string): boolean =>
      id === 'P1' ? url.endsWith('.sig') : /\/manifests\/sha256:/.test(url) && !url.includes('referrers');
    front.intercept = ({ url = '', headers }, response) => {
      if (!isSignature(url) || headers.authorization === undefined) return false;
      response.writeHead(429, { 'content-type': 'text/html' }).end('<html>');
      return true;
    };
    const { status, problems } = await stage.play(id, { ...stage.target, harborUrl: front.url });
    await front.close();
    expect([status, problems]).toEqual(['fail', undefined]);
  });

  describe('verify when they are fetched through the cache', () => {
    const wire = { record: () => undefined };
    const name = 'proxy/library/signed';
    let client: RegistryClient;
    beforeEach(() => void (client = RegistryClient.open({ url: stage.sandbox.url })));
    afterEach(() => client.close());

    interface Layer {
      readonly digest: string;
      readonly size: number;
      readonly annotations: Readonly<Record<string, string>>;
    }
    async function layerOf(reference: string): Promise<{ readonly layer: Layer; readonly bytes: Buffer }> {
      const { body } = await client.manifest('GET', name, reference, wire);
      const [layer] = (JSON.parse(body.toString('utf8')) as { layers: Layer[] }).layers;
      const blob = await client.blob(name, layer!.digest, { limitBytes: layer!.size, keep: true }, wire);
      return { layer: layer!, bytes: blob.body! };
    }

    it('by cosign under its tag, and as a referrer', async () => {
      const { digest } = signed.image;
      for (const reference of [`${digest.replace(':', '-')}.sig`, signed.cosign.digest]) {
        const { layer, bytes } = await layerOf(reference);
        const signature = layer.annotations[SIGNATURE_ANNOTATION]!;
        expect(isSignedBy(bytes, signature, digest, keys)).toBe(true);
        expect(isSignedBy(bytes, signature, digest, makeKeys())).toBe(false);
      }
    });

    it('as a Sigstore bundle', async () => {
      const { bytes } = await layerOf(signed.bundle.digest);
      expect(isBundleOf(bytes, signed.image.digest, keys.publicKey)).toBe(true);
      expect(isBundleOf(bytes, signed.image.digest, makeKeys().publicKey)).toBe(false);
      expect(isBundleOf(bytes, signed.cosign.digest, keys.publicKey)).toBe(false);
    });

    it('by notation, up to the trusted root', async () => {
      const { bytes } = await layerOf(signed.notation.digest);
      const root = signed.signer.chain.at(-1)!;
      const check =
        (envelope: Buffer, of = signed.image.digest, trusted = root) =>
        (): void =>
          verifyNotation(envelope, { digest: of }, trusted);
      expect(check(bytes)).not.toThrow();
      expect(check(bytes, signed.cosign.digest)).toThrow('it signs');
      expect(check(bytes, signed.image.digest, certified(makeKeys()).chain.at(-1))).toThrow('the root is not trusted');
      const envelope = JSON.parse(bytes.toString('utf8')) as { payload: string };
      const other = { ...envelope, payload: Buffer.from('{"targetArtifact":{}}').toString('base64url') };
      expect(check(Buffer.from(JSON.stringify(other)))).toThrow('the signature is not of this payload');
    });
  });

  it('of an image without any are not looked for', async () => {
    const [project] = stage.target.projects;
    const target = { ...stage.target, projects: [{ ...project!, images: ['library/single:1'] }] };
    for (const id of IDS) expect(await stage.play(id, target)).toMatchObject({ status: 'skip' });
  });
});

describe('signatures that Harbor hides', () => {
  it('are a known deviation before 2.16, and the tag of cosign is found anyway', async () => {
    await open('v2.15.2');
    expect(await play('P1')).toBe('P1 pass: found and fetched');
    for (const id of ['P2', 'P3', 'P4', 'M11']) {
      const result = await stage.play(id, stage.target);
      expect(result).toMatchObject({
        id,
        status: 'known-deviation',
        link: 'https://github.com/goharbor/harbor/issues/21451',
      });
    }
  });

  it('fail in 2.16 if proxy_referrer_api is off, with the lines to change', async () => {
    await open('v2.16.0');
    const result = await stage.play('P2', stage.target);
    expect(result).toMatchObject({
      status: 'fail',
      message: '1 of 1 cosign signature at the upstream not listed by Harbor',
      cause: {
        kind: 'referrers-off',
        command: 'breakwater apply --target project/proxy',
        yaml: 'projects:\n  proxy:\n    proxy_referrer_api: true',
      },
    });
    expect(shown(result, 'through Harbor')).toBe('0');
    expect(await stage.play('M11', stage.target)).toMatchObject({ status: 'fail', cause: { kind: 'referrers-off' } });
  });
});

import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundleOutcome } from '../../../../src/app/images/bundle';
import { readPublicKey } from '../../../../src/app/images/signed-by';
import { DEFAULT_RETRY, RegistryClient } from '../../../../src/oci';

/** As cosign 2.6 wrote them with `sign --key … --new-bundle-format`, which is what cosign 3 does by itself. */
const KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEyiYoVlvmVA92JZoEgf6xhDcuKu7J
gafU2aLGIZ0Cw+TsPAhv3KOB8YCgaEoB6f1zgEbQUt2+J2pxPRe3wjQ4DQ==
-----END PUBLIC KEY-----
`;
const IMAGE = 'sha256:3966454e23feafe42cd4fe7a998a20e705d67a76e02151dbed884b782bbddde5';
const BUNDLE = `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial":{"publicKey":{"hint":"VN6xHF56RduAJ2XlwksWCVoZHTCMaFvKtK6vOI7BPTI="}}, "dsseEnvelope":{"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCAic3ViamVjdCI6W3siZGlnZXN0Ijp7InNoYTI1NiI6IjM5NjY0NTRlMjNmZWFmZTQyY2Q0ZmU3YTk5OGEyMGU3MDVkNjdhNzZlMDIxNTFkYmVkODg0Yjc4MmJiZGRkZTUifX1dLCAicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vc2lnc3RvcmUuZGV2L2Nvc2lnbi9zaWduL3YxIn0=", "payloadType":"application/vnd.in-toto+json", "signatures":[{"sig":"MEUCIHOzU9V7WbiPosL17AOe+A/UU3Qx7kQC7lXY7BG5bLUHAiEA8EeVfd5Vb4l79Eqb3cV8yZ5vOh/G3AGmKQhLZAxcoOI="}]}}`;
const TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const sized = (text: string) => ({ digest: digestOf(text), size: text.length });

describe('a Sigstore bundle', () => {
  let server: Server;
  let client: RegistryClient;
  /** Answers by path. */
  let answers: Map<string, { readonly type: string; readonly body: string; readonly status?: number }>;
  const wire = { record: () => undefined, signal: new AbortController().signal };

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      const answer = answers.get(url);
      if (answer) response.writeHead(answer.status ?? 200, { 'content-type': answer.type }).end(answer.body);
      else response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[{"code":"NOT_FOUND"}]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const retry = { ...DEFAULT_RETRY, attempts: 1 };
    client = RegistryClient.open({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, retry });
  });
  afterAll(async () => {
    await client.close();
    server.close();
  });

  /** A registry with one bundle. @param listedAt the API of referrers, or the tag that stands in for it */
  function holds(bundle: string, listedAt: string, more: readonly object[] = []): void {
    const layer = { mediaType: TYPE, ...sized(bundle) };
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: sized('{}'), layers: [layer] });
    const entry = { mediaType: MANIFEST, ...sized(manifest), artifactType: 'application/vnd.oci.empty.v1+json' };
    const index = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [...more, entry] });
    answers = new Map([
      [listedAt, { type: INDEX, body: index }],
      [`/v2/a/manifests/${digestOf(manifest)}`, { type: MANIFEST, body: manifest }],
      [`/v2/a/blobs/${digestOf(bundle)}`, { type: 'application/octet-stream', body: bundle }],
    ]);
  }

  const API = `/v2/a/referrers/${IMAGE}`;
  const outcome = (pem = KEY, digest = IMAGE) =>
    bundleOutcome(client, { repository: 'a', digest }, readPublicKey(pem), wire);

  it.each([API, `/v2/a/manifests/${IMAGE.replace(':', '-')}`])(
    'of cosign is verified where it is listed at %s',
    async (at) => {
      holds(BUNDLE, at);
      expect(await outcome()).toBe('signed');
    },
  );

  it('is found next to a deleted referrer', async () => {
    holds(BUNDLE, API, [{ mediaType: MANIFEST, ...sized('gone') }]);
    expect(await outcome()).toBe('signed');
  });

  it('by another key is not one of ours', async () => {
    holds(BUNDLE, API);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await outcome(publicKey.export({ type: 'spki', format: 'pem' }).toString())).toBe('other');
  });

  it('of another image proves nothing', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    holds(BUNDLE, `/v2/a/referrers/${other}`);
    expect(await outcome(KEY, other)).toBe('other');
  });

  it.each([
    ['whose payload was changed', BUNDLE.replace('"payload":"eyJ', '"payload":"eyA')],
    ['without an envelope', '{"messageSignature":{}}'],
    ['that is not JSON', 'bundle'],
  ])('%s is none by the key', async (_, bundle) => {
    holds(bundle, API);
    expect(await outcome()).toBe('other');
  });

  it.each(['referrers', 'manifests', 'blobs'])('is not known to be missing if %s return 503', async (part) => {
    holds(BUNDLE, API);
    const failing = { type: 'text/plain', body: '', status: 503 };
    answers = new Map([...answers].map(([path, answer]) => [path, path.includes(part) ? failing : answer]));
    expect(await outcome()).toBe(503);
  });

  it('is not there without referrers', async () => {
    answers = new Map();
    expect(await outcome()).toBe('none');
  });
});

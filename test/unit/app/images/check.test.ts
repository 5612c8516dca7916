import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appContext } from '../../../../src/app/context';
import { checkImages, pinsOutcome, type CheckedImages } from '../../../../src/app/images/check';
import { image } from '../../../../src/upstream';
import { directoryWith } from '../../../support/cli';
import { makeKeys } from '../../../support/signed-image';

const MADE = image({ seed: 'core' });
const NAME = `goharbor/harbor-core:v2.15.2@${MADE.digest}`;

/** What `images check` says about one pin with a required signature, if the registry returns this for paths like `part`. */
async function checked(part: string, status: number): Promise<CheckedImages> {
  const server = createServer(({ url = '' }, response) => {
    const blob = MADE.blobs.find(({ digest }) => url.endsWith(`/blobs/${digest}`));
    if (url.includes(part)) return void response.writeHead(status, { 'retry-after': '0' }).end();
    if (url.endsWith('/manifests/v2.15.2'))
      return void response.writeHead(200, { 'content-type': MADE.mediaType }).end(MADE.manifest);
    if (blob) return void response.writeHead(200).end(Buffer.concat([...blob.chunks()]));
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stacks = directoryWith({
    'images.yaml': [
      `harbor: { v2.15.2: { core: { image: "${NAME}" } } }`,
      `traefik: { image: "traefik:v3@${MADE.digest}" }`,
      'signatures: [{ images: goharbor/, key: a.pub }]',
    ].join('\n'),
    'a.pub': makeKeys().publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const options = { stacks, registry, insecure: true, platform: 'linux/amd64', skipKeyless: false };
    return await checkImages(appContext({ pid: process.pid }), options);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it.each<[string, string, number, string, string, RegExp]>([
  ['the tag', '/manifests/v2.15.2', 429, 'not known', 'error', /limits this machine \(429\)/],
  ['the tag', '/manifests/v2.15.2', 404, 'gone', 'changes', /does not have this image/],
  ['the signature', '.sig', 429, 'not known', 'error', /returned 429 for its signature/],
  ['the signature', '.sig', 503, 'not known', 'error', /returned 503 for its signature/],
  ['the signature', '.sig', 404, 'unsigned', 'changes', /it is not signed/],
])('if %s (%s) returns %i, a pin is %s', async (_what, part, status, outcome, verdict, detail) => {
  const result = await checked(part, status);
  expect(result.pins).toEqual([
    { release: 'v2.15.2', id: 'core', image: NAME, outcome, detail: expect.stringMatching(detail) },
  ]);
  expect(pinsOutcome(result)).toBe(verdict);
});

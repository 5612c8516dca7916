import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startScannerAdapter, type ScannerAdapter } from '../../src/sandbox/scanner-adapter';
import { cli, directoryWith } from '../support/cli';

const ENV = { HARBOR_PASSWORD: 'Harbor12345', TOKEN: 'Canary-5eCr3t-Value' };

let sandbox: Sandbox;
let adapter: ScannerAdapter;
let dragonflyDouble: Server;
let dragonfly: string;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  adapter = await startScannerAdapter({ authorization: `Bearer ${ENV.TOKEN}` });
  dragonflyDouble = createServer((request, response) => {
    response.writeHead(request.url === '/healthy' ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => dragonflyDouble.listen(0, '127.0.0.1', resolve));
  dragonfly = `http://127.0.0.1:${(dragonflyDouble.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await sandbox.close();
  await adapter.close();
  dragonflyDouble.close();
});

interface Examination {
  readonly name: string;
  readonly outcome: string;
  readonly message: string;
  readonly details?: readonly string[];
}

async function pingsOf(lines: string): Promise<Examination> {
  const harbor = `harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }`;
  const policies = directoryWith({ 'p.yaml': `${harbor}\n${lines}\n` });
  const { out, err } = await cli(['doctor', '--format', 'json', '--policies', policies], ENV);
  expect(out + err).not.toContain(ENV.TOKEN);
  const { examinations } = JSON.parse(out) as { examinations: Examination[] };
  return examinations.find(({ name }) => name === 'pings')!;
}

const scannerAt = (url: string) =>
  `scanners: { clair: { url: "${url}", auth: Bearer, access_credential: { env: TOKEN } } }`;
const instanceAt = (url: string, vendor = 'dragonfly') =>
  `preheat: { instances: { p2p: { vendor: ${vendor}, endpoint: "${url}" } } }`;

it('says that Harbor reaches what is declared, before any of it is applied', async () => {
  expect(await pingsOf(`${scannerAt(adapter.url)}\n${instanceAt(dragonfly)}`)).toEqual({
    name: 'pings',
    outcome: 'ok',
    message: expect.stringMatching(/^Harbor reaches (scanner\/clair, preheat-instance\/p2p|.*p2p, .*clair)$/),
  });
});

it('has nothing to ask where nothing is declared', async () => {
  expect(await pingsOf('labels: { a: {} }')).toMatchObject({
    outcome: 'ok',
    message: expect.stringMatching(/no scanner/),
  });
});

it.each<[string, () => string, RegExp]>([
  ['no adapter there', () => scannerAt('http://127.0.0.1:1'), /scanner\/clair: Harbor could not use .*127\.0\.0\.1:1/],
  ['a wrong credential', () => scannerAt(adapter.url).replace('TOKEN', 'HARBOR_PASSWORD'), /a wrong access_credential/],
  ['no Trivy', () => 'scanners: { Trivy: { default: true } }', /scanner\/Trivy: this Harbor has no built-in Trivy/],
  ['no Dragonfly there', () => instanceAt('http://127.0.0.1:1'), /preheat-instance\/p2p: dragonfly at .* health check/],
  ['a Kraken that is none', () => instanceAt(dragonfly, 'kraken'), /preheat-instance\/p2p: kraken at .* health check/],
])('warns in words of %s', async (_what, lines, message) => {
  const pings = await pingsOf(lines());
  expect(pings.outcome).toBe('warning');
  expect(pings.message).toMatch(message);
});

it('finds two default scanners offline, at the second one', async () => {
  const policies = directoryWith({
    'p.yaml': [
      'scanners:',
      '  one: { url: "https://one", default: true }',
      '  two: { url: "https://two" }',
      '  three: { url: "https://three", default: true }',
      '',
    ].join('\n'),
  });
  const { code, out, err } = await cli(['validate', '--policies', policies]);
  expect(code).not.toBe(0);
  expect(out + err).toMatch(/p\.yaml:4:\d+/);
  expect(out + err).toMatch(/scanner\/one at .*p\.yaml:2:3 says so too, and only one scanner can/);
  expect((out + err).match(/only-one/g)).toHaveLength(1);
});

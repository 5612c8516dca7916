import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startScannerAdapter, type ScannerAdapter } from '../../src/scanner-adapter';
import { startFixtureUpstream } from '../../src/upstream';
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

it('reports that Harbor reaches what is declared, before any of it is applied', async () => {
  expect(await pingsOf(`${scannerAt(adapter.url)}\n${instanceAt(dragonfly)}`)).toEqual({
    name: 'pings',
    outcome: 'ok',
    message: expect.stringMatching(/^Harbor can reach (scanner\/clair, preheat-instance\/p2p|.*p2p, .*clair)$/),
  });
});

it('pings nothing if nothing is declared', async () => {
  expect(await pingsOf('labels: { a: {} }')).toMatchObject({
    outcome: 'ok',
    message: expect.stringMatching(/no declared object has to be reachable from Harbor/),
  });
});

it.each<[string, () => string, RegExp]>([
  ['no adapter there', () => scannerAt('http://127.0.0.1:1'), /scanner\/clair: Harbor could not use .*127\.0\.0\.1:1/],
  [
    'a wrong credential',
    () => scannerAt(adapter.url).replace('TOKEN', 'HARBOR_PASSWORD'),
    /or access_credential is wrong/,
  ],
  ['no Trivy', () => 'scanners: { Trivy: { default: true } }', /scanner\/Trivy: this Harbor has no built-in Trivy/],
  ['no Dragonfly there', () => instanceAt('http://127.0.0.1:1'), /preheat-instance\/p2p: dragonfly at .* health check/],
  ['an invalid Kraken', () => instanceAt(dragonfly, 'kraken'), /preheat-instance\/p2p: kraken at .* health check/],
])('warns about %s', async (_what, lines, message) => {
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
  expect(out + err).toMatch(/scanner\/one at .*p\.yaml:2:3 sets it as well, and only one scanner can/);
  expect((out + err).match(/only-one/g)).toHaveLength(1);
});

describe('registries', () => {
  it('are pinged with their stored values, and not while they do not exist in Harbor', async () => {
    const upstream = await startFixtureUpstream();
    const lines = `registries: { up: { type: docker-registry, url: "${upstream.url}" } }\nconfiguration: { auth_mode: db_auth }`;
    expect(await pingsOf(lines)).toEqual({
      name: 'pings',
      outcome: 'ok',
      message:
        'not checked: configuration/harbor (no LDAP server and no OpenID Connect provider is declared), registry/up (it is not in Harbor yet)',
    });
    const admin = `Basic ${Buffer.from('admin:Harbor12345').toString('base64')}`;
    await fetch(`${sandbox.url}/api/v2.0/registries`, {
      method: 'POST',
      headers: { authorization: admin, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'up', type: 'docker-registry', url: upstream.url }),
    });
    expect(await pingsOf(lines)).toMatchObject({
      outcome: 'ok',
      message: expect.stringMatching(/^Harbor can reach registry\/up; not checked: configuration/),
    });
    await upstream.close();
    const { outcome, message, details } = await pingsOf(lines);
    expect([outcome, message]).toEqual([
      'warning',
      expect.stringMatching(/^registry\/up: Harbor could not use http.*its check of the registry failed/),
    ]);
    expect(details).toEqual([expect.stringContaining('not checked: configuration')]);
  });
});

it('reports that Harbor is in read-only mode', async () => {
  const admin = `Basic ${Buffer.from('admin:Harbor12345').toString('base64')}`;
  const setReadOnly = (value: boolean) =>
    fetch(`${sandbox.url}/api/v2.0/configurations`, {
      method: 'PUT',
      headers: { authorization: admin, 'content-type': 'application/json' },
      body: JSON.stringify({ read_only: value }),
    });
  await setReadOnly(true);
  const harbor = `harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }`;
  const { out } = await cli(
    ['doctor', '--policies', directoryWith({ 'p.yaml': `${harbor}\nlabels: { a: {} }\n` })],
    ENV,
  );
  await setReadOnly(false);
  expect(out).toContain('it is in read-only mode');
});

import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { NetworkError } from '../../../src/errors';
import { createClient } from '../../../src/harbor';
import { errorOf, ROBOT } from './support/client';
import { makePrivateCa } from './support/private-ca';
import { sendJson, startServer, type ScriptedServer } from './support/scripted-server';

const ours = makePrivateCa();
const other = makePrivateCa();
let server: ScriptedServer;

beforeAll(async () => {
  server = await startServer((_request, response) => sendJson(response, { harbor_version: 'v2.15.2' }), ours);
});
afterAll(() => server.close());

async function ask(url: string, ca?: string): Promise<unknown> {
  const client = createClient({ url, robot: ROBOT, sleep: async () => undefined, ...(ca ? { ca } : {}) });
  try {
    return await client.get('/systeminfo');
  } finally {
    await client.close();
  }
}

it('trusts a private CA that was given', async () => {
  expect(await ask(server.url, ours.ca)).toEqual({ harbor_version: 'v2.15.2' });
});

it('trusts one CA of a bundle', async () => {
  expect(await ask(server.url, `# our CAs\n${other.ca}\n${ours.ca}`)).toEqual({ harbor_version: 'v2.15.2' });
});

it('reads the roots of this machine once, not for each connection', async () => {
  const client = createClient({ url: server.url, robot: ROBOT, ca: ours.ca });
  const made = jest.spyOn(tls, 'createSecureContext');
  try {
    await Promise.all([1, 2, 3, 4].map((page) => client.get(`/projects/${page}`)));
    expect(made).not.toHaveBeenCalled();
  } finally {
    made.mockRestore();
    await client.close();
  }
});

it.each([
  ['without a CA', undefined],
  ['with the CA of somebody else', other.ca],
])('refuses an untrusted certificate, %s, and explains how to trust it', async (_name, ca) => {
  const before = server.seen.length;
  const error = (await errorOf(ask(server.url, ca))) as NetworkError;
  expect(error).toMatchObject({ code: 'NETWORK_TLS', hint: expect.stringContaining('set ca_file to its PEM') });
  expect(server.seen).toHaveLength(before);
});

it('verifies regardless of environment variables', async () => {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    expect(await errorOf(ask(server.url))).toMatchObject({ code: 'NETWORK_TLS' });
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  }
});

it('reports that a certificate is for other names', async () => {
  const elsewhere = makePrivateCa('DNS:harbor.example.com');
  const misnamed = await startServer((_request, response) => sendJson(response, {}), elsewhere);
  expect(await errorOf(ask(misnamed.url, elsewhere.ca))).toMatchObject({
    code: 'NETWORK_TLS',
    message: expect.stringContaining('for another host name'),
  });
  await misnamed.close();
});

it('reports that the port does not speak TLS, and asks once', async () => {
  const plain = await startServer((_request, response) => sendJson(response, {}));
  const error = await errorOf(ask(plain.url.replace('http:', 'https:')));
  expect(error).toMatchObject({ code: 'NETWORK_TLS', hint: expect.stringContaining('http://') });
  await plain.close();
});

it.each([
  ['', 'contains no certificate'],
  ['just text', 'contains no certificate'],
  [ours.key, 'contains no certificate'],
  ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'contains a broken certificate'],
  [readFileSync(__filename, 'utf8').slice(0, 40), 'contains no certificate'],
])('reports what is wrong with a ca_file, before anything is sent: %#', (ca, expected) => {
  const create = (): unknown => createClient({ url: server.url, ca });
  expect(create).toThrow(NetworkError);
  expect(create).toThrow(expected);
});

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { directoryWith } from '../../support/cli';
import { makePrivateCa } from '../harbor/support/private-ca';
import { PYTHON } from './python';

const FILE = join(__dirname, '../../../ansible/roles/trust_client/files/ask_registry.py');
const authority = makePrivateCa();
const files = directoryWith({
  'ca.crt': authority.ca,
  'other.crt': makePrivateCa().ca,
  'client.cert': authority.cert,
  'client.key': authority.key,
});
const path = (name: string): string => join(files, name);

let server: Server | undefined;
afterEach(() => void server?.close());

/** A registry that demands a certificate of its clients, or not. @returns its host and port */
async function registry(status: number, demandsCertificate: boolean): Promise<string> {
  const tls = { cert: authority.cert, key: authority.key, ca: authority.ca };
  server = createServer(
    { ...tls, requestCert: demandsCertificate, rejectUnauthorized: demandsCertificate },
    ({ url }, response) => response.writeHead(url === '/v2/' ? status : 418).end(),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `localhost:${(server.address() as AddressInfo).port}`;
}

async function ask(address: string, ...options: string[]): Promise<{ status?: number; error?: string }> {
  const { stdout } = await promisify(execFile)(PYTHON, [FILE, `--registry=${address}`, ...options]);
  return JSON.parse(stdout) as { status?: number; error?: string };
}

it.each([200, 401, 503])('prints the status %d', async (status) => {
  expect(await ask(await registry(status, false), `--ca=${path('ca.crt')}`)).toEqual({ status });
});

it('presents the certificate of the client', async () => {
  const address = await registry(401, true);
  const client = [`--certificate=${path('client.cert')}`, `--key=${path('client.key')}`];
  expect(await ask(address, `--ca=${path('ca.crt')}`, ...client)).toEqual({ status: 401 });
  expect(Object.keys(await ask(address, `--ca=${path('ca.crt')}`))).toEqual(['error']);
});

it.each([
  ['another authority', () => registry(401, false), ['--ca=other.crt'], /certificate verify failed/],
  ['the authorities of the system alone', () => registry(401, false), [], /certificate verify failed/],
  ['nobody listens', () => Promise.resolve('localhost:1'), ['--ca=ca.crt'], /refused/],
  ['no such file', () => registry(401, false), ['--ca=missing.crt'], /No such file/],
])('prints why there is no answer: %s', async (_case, start, options, message) => {
  const placed = options.map((option) => option.replace(/(?<==)/, `${files}/`));
  expect((await ask(await start(), ...placed)).error).toMatch(message);
});

import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { startScannerAdapter, type ScannerAdapter } from '../../../../src/scanner-adapter';
import { call } from '../api-client';

let sandbox: Sandbox;
let adapters: ScannerAdapter[];
let first: string;
let second: string;

async function register(name: string, url: string): Promise<string> {
  const { status, headers } = await call(sandbox, 'POST scanners', { name, url });
  expect(status).toBe(201);
  return headers.get('location')!.split('/').at(-1)!;
}

beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  adapters = await Promise.all([startScannerAdapter(), startScannerAdapter()]);
  first = await register('first', adapters[0]!.url);
  second = await register('second', adapters[1]!.url);
});
afterAll(async () => {
  await sandbox.close();
  await Promise.all(adapters.map((adapter) => adapter.close()));
});

const defaults = async (): Promise<unknown[]> =>
  (await call(sandbox, 'GET scanners?sort=name')).body.map(({ is_default }: { is_default: boolean }) => is_default);

it('makes the first one the default, and another one only on request', async () => {
  expect(await defaults()).toEqual([true, false]);
  expect((await call(sandbox, `PATCH scanners/${first}`, { is_default: false })).status).toBe(200);
  expect(await defaults()).toEqual([true, false]);
  await call(sandbox, `PATCH scanners/${second}`, { is_default: true });
  // The default comes first, whatever its age.
  expect(await defaults()).toEqual([true, false]);
  expect((await call(sandbox, 'GET scanners?sort=name')).body[0].uuid).toBe(second);
  await call(sandbox, `PATCH scanners/${first}`, { is_default: true });
});

it.each([
  [{}, 422, /name in body is required\nurl in body is required/],
  [{ name: 'Trivy' }, 400, /reserved/],
  [{ name: 'x', auth: 'Basic' }, 400, /access_credential is required for auth type Basic/],
])('POST refuses %j', async (more, status, message) => {
  const url = Object.keys(more).length > 0 ? { url: `${adapters[0]!.url}/other` } : {};
  const answer = await call(sandbox, 'POST scanners', { ...url, ...more });
  expect([answer.status, answer.message]).toEqual([status, expect.stringMatching(message)]);
});

it('keeps a credential that an update omits, and never returns it', async () => {
  const registration = { name: 'second', url: adapters[1]!.url, auth: 'Bearer' };
  expect((await call(sandbox, `PUT scanners/${second}`, registration)).status).toBe(400);
  await call(sandbox, `PUT scanners/${second}`, { ...registration, access_credential: 'Secret1' });
  expect((await call(sandbox, `PUT scanners/${second}`, registration)).status).toBe(200);
  const row = sandbox.store.scanners.find('name', 'second');
  expect(row?.accessCredential).toBe('Secret1');
  expect((await call(sandbox, `GET scanners/${second}`)).body.access_credential).toBe('');
});

it('disables no default scanner, and makes no disabled one the default', async () => {
  const disabled = (name: string, at: number): object => ({ name, url: adapters[at]!.url, disabled: true });
  expect((await call(sandbox, `PUT scanners/${first}`, disabled('first', 0))).status).toBe(500);
  expect((await call(sandbox, `PUT scanners/${second}`, disabled('second', 1))).status).toBe(200);
  expect((await call(sandbox, `PATCH scanners/${second}`, { is_default: true })).status).toBe(404);
  expect((await call(sandbox, `PUT scanners/${second}`, disabled('first', 1))).status).toBe(409);
});

it.each([
  ['GET scanners?name=FIR', ['first']],
  ['GET scanners?ex_name=fir', []],
  ['GET scanners?q=name%3Dsecond', ['second']],
])('%s finds %j', async (line, names) => {
  expect((await call(sandbox, line)).body.map(({ name }: { name: string }) => name)).toEqual(names);
});

it('shows a project its own choice, and the default once that is deleted', async () => {
  const chosen = async (): Promise<string> => (await call(sandbox, 'GET projects/library/scanner')).body.name;
  await call(sandbox, 'PUT projects/library/scanner', { uuid: second });
  expect(await chosen()).toBe('second');
  await call(sandbox, `DELETE scanners/${second}`);
  expect(await chosen()).toBe('first');
});

import { SecretError } from '../../../src/errors';
import { kinds } from '../../../src/kinds';
import { proveSecrets } from '../../../src/reconcile/prove-secrets';
import { readState } from '../../../src/reconcile/read';
import { startFixtureUpstream, type FixtureUpstream } from '../../../src/upstream';
import { declare } from '../../support/declare';
import { startSandboxRun, type SandboxRun } from '../../support/sandbox-run';

const SECRET = 'Canary-5eCr3t-Value';
let run: SandboxRun;
let upstream: FixtureUpstream;

beforeEach(async () => {
  upstream = await startFixtureUpstream();
  run = await startSandboxRun();
});
afterEach(async () => {
  await run.close();
  await upstream.close();
});

const account = { access_key: 'bot', access_secret: { env: 'S' } };
const pull = { '*': ['repository:pull'] };
const declaration = () =>
  declare(
    {
      registry: [
        { name: 'with', type: 'docker-registry', url: upstream.url, credential: account },
        { name: 'without', type: 'docker-registry', url: upstream.url },
      ],
      robot: [
        { name: 'own', duration: 9, secret: { env: 'S' }, projects: pull },
        { name: 'made', duration: 9, secret_to: { file: 'made', as: 'plain' }, projects: pull },
      ],
    },
    { kinds },
  );

/** What is found out in the sandbox once everything is there, and the calls it takes. */
async function proven(
  secret: () => Promise<string>,
  options: { rotate?: string[]; nowMs?: number; onRequest?: boolean } = {},
): Promise<{ proofs: Record<string, unknown>; calls: number }> {
  const { current } = await readState({ client: run.client, kinds, declaration: declaration() });
  const before = run.client.calls;
  const given = {
    client: run.client,
    kinds,
    declaration: declaration(),
    current,
    secret,
    nowMs: Date.now(),
    onRequest: true,
    ...options,
  };
  const proofs = Object.fromEntries(await proveSecrets(given));
  return { proofs, calls: run.client.calls - before };
}

async function applied(): Promise<void> {
  upstream.setAuth(undefined);
  const report = await run.apply(declaration(), await run.plan(declaration()));
  expect(report.failed).toEqual([]);
}

it('makes one call for each live secret, and none for objects without a test', async () => {
  await applied();
  const { proofs, calls } = await proven(async () => SECRET);
  expect(proofs).toEqual({ 'registry/with': { outcome: 'works' }, 'robot/own': { outcome: 'same' } });
  expect(calls).toBe(2);
});

it('does not test secrets that need a login elsewhere, unless requested', async () => {
  await applied();
  const { proofs, calls } = await proven(async () => SECRET, { onRequest: false });
  expect({ proofs, calls }).toEqual({ proofs: { 'robot/own': { outcome: 'same' } }, calls: 1 });
});

it('asks again only if the stored one is dead', async () => {
  await applied();
  upstream.setAuth('bot:Other-Secret-1');
  const { proofs, calls } = await proven(async () => 'Other-Secret-1');
  expect(proofs).toMatchObject({ 'registry/with': { outcome: 'dead' }, 'robot/own': { outcome: 'dead' } });
  expect(calls).toBe(4);
});

it('asks nothing about what is written again anyway', async () => {
  await applied();
  const { calls } = await proven(async () => SECRET, { rotate: ['registry/with', 'robot/own'] });
  expect(calls).toBe(0);
});

it('asks nothing about what is not there yet', async () => {
  expect(await proven(async () => SECRET)).toEqual({ proofs: {}, calls: 0 });
});

it('treats an expired robot as unverifiable, because Harbor refuses its correct secret, too', async () => {
  await applied();
  const { proofs } = await proven(async () => 'Other-Secret-1', { nowMs: Date.now() + 400 * 86_400_000 });
  expect(proofs['robot/own']).toEqual({ outcome: 'unverifiable', reason: 'the robot has expired' });
});

it('treats a secret that cannot be resolved as unverifiable, with the message of its reference', async () => {
  await applied();
  const { proofs } = await proven(() => Promise.reject(new SecretError('S is not set', 'SECRET_UNSET')));
  expect(proofs['robot/own']).toEqual({ outcome: 'unverifiable', reason: 'S is not set' });
});

it('does not catch unexpected errors', async () => {
  await applied();
  await expect(proven(() => Promise.reject(new TypeError('a defect')))).rejects.toThrow('a defect');
});

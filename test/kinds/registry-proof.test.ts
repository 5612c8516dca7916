import { HarborApiError } from '../../src/errors';
import type { ProofContext, SecretProof } from '../../src/kinds/kind';
import { registry } from '../../src/kinds/registry';
import type { RegistrySpec } from '../../src/kinds/support/registry-spec';
import { errorOf, withClient } from '../unit/harbor/support/client';
import { sendHarborError, sendHtml, type Script } from '../unit/harbor/support/scripted-server';

const spec: RegistrySpec = {
  name: 'hub',
  type: 'docker-registry',
  url: 'https://hub.test',
  credential: { access_key: 'bot', access_secret: { env: 'S' } },
};

/** What Harbor returns to one ping. */
type Answer = (response: Parameters<Script>[1]) => void;
const works: Answer = (response) => void response.writeHead(200).end();
const unhealthy: Answer = (response) => sendHarborError(response, 400, 'BAD_REQUEST', 'the registry is unhealthy');
const page =
  (status: number): Answer =>
  (response) =>
    sendHtml(response, 'a page of the proxy', status);

/** The result of a test whose pings get these answers, and which of them used the stored secret. */
async function proven(
  answers: readonly Answer[],
  use: (proof: Promise<SecretProof>) => Promise<void>,
): Promise<string[]> {
  const asked: string[] = [];
  const script: Script = ({ body }, response) => {
    asked.push('id' in JSON.parse(body) ? 'stored' : 'declared');
    answers[asked.length - 1]!(response);
  };
  await withClient(script, {}, async ({ client }) => {
    const context: ProofContext = { client, secret: async () => 's', nowMs: 0, accepts: async () => true };
    const live = { id: 5, identity: 'hub', spec } as unknown as Parameters<NonNullable<typeof registry.proveSecret>>[1];
    await use(registry.proveSecret!(context, live, spec));
  });
  return asked;
}

it.each<[string, Answer[], object, string[]]>([
  ['works', [works], { outcome: 'works' }, ['stored']],
  [
    'works if the upstream failed for a moment',
    [unhealthy, works, works],
    { outcome: 'works' },
    ['stored', 'declared', 'stored'],
  ],
  [
    'is dead if it fails before and after the declared one works',
    [unhealthy, works, unhealthy],
    { outcome: 'dead' },
    ['stored', 'declared', 'stored'],
  ],
  [
    'is not known if both fail',
    [unhealthy, unhealthy],
    { outcome: 'unverifiable', broken: true },
    ['stored', 'declared'],
  ],
])('a stored secret %s', async (_what, answers, expected, order) => {
  expect(await proven(answers, async (proof) => expect(await proof).toMatchObject(expected))).toEqual(order);
});

it.each<[number, Answer[]]>([
  [400, [page(400), works, works]],
  [500, [page(500), works, works]],
  [400, [unhealthy, page(400)]],
  [500, [unhealthy, works, page(500)]],
])('a %i of a proxy says nothing about a secret', async (status, answers) => {
  await proven(answers, async (proof) => {
    const error = await errorOf(proof);
    expect(error).toBeInstanceOf(HarborApiError);
    expect((error as HarborApiError).status).toBe(status);
  });
});

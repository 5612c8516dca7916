import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';
import { join } from 'node:path';

const ROBOTS = 3;
const HOOKS = 2;
const ENV = { HARBOR_PASSWORD: 'Harbor12345', SECRET: 'Declared-5ecret' };
let sandbox: Sandbox;
let directory: string;

beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  const numbers = (count: number): number[] => [...Array(count).keys()];
  const robot = 'duration: 90, secret: { env: SECRET }, projects: { "*": [{ resource: repository, action: pull }] }';
  const target = '{ type: http, address: "http://127.0.0.1:9", auth_header: { env: SECRET } }';
  const hook = `event_types: [PULL_ARTIFACT], targets: [${target}]`;
  directory = directoryWith({
    'harbor.yaml': [
      `harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }`,
      `robots: { ${numbers(ROBOTS)
        .map((n) => `r${n}: { ${robot} }`)
        .join(', ')} }`,
      `projects: { cache: { public: true, webhooks: { ${numbers(HOOKS)
        .map((n) => `h${n}: { ${hook} }`)
        .join(', ')} } } }`,
    ].join('\n'),
  });
  const journal = join(directory, 'journal.jsonl');
  const applied = await cli(['apply', '--yes', '--policies', directory, '--journal', journal], ENV);
  expect(applied).toMatchObject({ code: 0 });
});
afterAll(() => sandbox.close());

async function callsOf(...options: string[]): Promise<number> {
  const { err } = await cli(['plan', '--policies', directory, ...options], ENV);
  return Number(/(\d+) API calls/.exec(err)?.[1]);
}

it('testing secrets needs one call for each robot and each webhook with a header', async () => {
  expect((await callsOf()) - (await callsOf('--no-prove'))).toBe(ROBOTS + HOOKS);
});

import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';

const ENV = { HARBOR_PASSWORD: 'Harbor12345', ROBOT: 'Rob0t-5ecret-1' };

let sandbox: Sandbox;
beforeAll(async () => void (sandbox = await startSandbox({ password: ENV.HARBOR_PASSWORD, timeScale: 0.01 })));
afterAll(() => sandbox.close());

interface Told {
  readonly results: readonly {
    readonly id: string;
    readonly project?: string;
    readonly status: string;
    readonly message: string;
    readonly cause?: { readonly kind: string; readonly party: string };
  }[];
}

async function conformed(project: string): Promise<Told['results']> {
  const directory = directoryWith({
    'a.yaml': `harbor: { url: "${sandbox.url}", username: admin, password: { env: HARBOR_PASSWORD } }\nprojects: { closed: { public: false, conformance: { pull: ["app:1"] }${project} } }\n`,
  });
  expect((await cli(['apply', '--yes', '--policies', directory], ENV)).code).toBe(0);
  const { code, out } = await cli(['conform', '--policies', directory, '--format', 'json'], ENV);
  expect(code).not.toBe(0);
  const { results } = JSON.parse(out) as Told;
  return results.filter((result) => result.project === 'closed');
}

const ROBOT = 'duration: 30, secret: { env: ROBOT }';

it.each([
  ['no robot', ''],
  [
    'a disabled robot',
    `, robots: { r: { ${ROBOT}, disable: true, access: [{ resource: repository, action: pull }] } }`,
  ],
  [
    'a robot that may do something else',
    `, robots: { r: { ${ROBOT}, access: [{ resource: repository, action: list }] } }`,
  ],
])('a private project with %s: the declaration is at fault, and not Harbor', async (_what, robots) => {
  const results = await conformed(robots);
  const bad = results.filter(({ status }) => status === 'fail' || status === 'error');
  expect(bad.map(({ id }) => id)).toEqual(['M1', 'M4']);
  for (const { cause } of bad) expect(cause).toMatchObject({ kind: 'no-robot', party: 'declaration' });
  expect(results.find(({ id }) => id === 'A4')).toMatchObject({ status: 'skip', message: 'no robot can pull here' });
  // What needs no pull is proven: strangers are kept out.
  expect(results.find(({ id }) => id === 'A2')).toMatchObject({ status: 'pass' });
});

it('with a robot that may pull, the registry is asked', async () => {
  const results = await conformed(`, robots: { r: { ${ROBOT}, access: [{ resource: repository, action: pull }] } }`);
  expect(results.find(({ id }) => id === 'A4')).toMatchObject({ status: 'pass' });
  expect(results.find(({ id }) => id === 'M1')).toMatchObject({ message: expect.stringContaining('404') });
});

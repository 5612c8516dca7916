import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith } from '../support/cli';

const ENV = { HARBOR_PASSWORD: 'Harbor12345' };
let sandbox: Sandbox;
let upstream: FixtureUpstream;
beforeAll(async () => {
  sandbox = await startSandbox({ password: ENV.HARBOR_PASSWORD, timeScale: 0.01 });
  upstream = await startFixtureUpstream();
});
afterAll(() => Promise.all([sandbox.close(), upstream.close()]));

const policies = (rest: string): string =>
  directoryWith({
    'a.yaml': [
      `harbor: { url: "${sandbox.url}", username: admin, password: { env: HARBOR_PASSWORD } }`,
      `registries: { one: { type: docker-registry, url: "${upstream.url}" }, two: { type: docker-registry, url: "${upstream.url}/" } }`,
      rest,
    ].join('\n'),
  });
const STORES_NONE =
  /Harbor stores no image index of a proxy cache project that was deleted and recreated under its name/;

async function apply(directory: string, ...more: string[]): Promise<void> {
  const argv = ['apply', '--yes', '--policies', directory, '--journal', join(directory, 'j'), ...more];
  expect(await cli(argv, ENV)).toMatchObject({ code: 0 });
}

it('a warning reports that a replaced proxy project stores no index for seven days', async () => {
  await apply(policies('projects: { cache: { registry: one } }'));
  const { out } = await cli(['plan', '--policies', policies('projects: { cache: { registry: two } }')], ENV);
  expect(out).toMatch(/^Warning: project\/cache: for 7 days Harbor stores no image index/m);
});

it('the same for a project that is recreated under the name of a deleted one, but for no other', async () => {
  await apply(policies('projects: { again: { registry: one } }'));
  const gone = policies(
    'projects: { cache: { registry: one } }\nprune: { projects: true }\nunmanaged: [{ object: project/library, reason: comes with Harbor }]',
  );
  await apply(gone, '--mode', 'sync');
  const { out } = await cli(
    ['plan', '--policies', policies('projects: { again: { registry: one }, fresh: { registry: one }, plain: {} }')],
    ENV,
  );
  expect(out).toMatch(
    /^Warning: project\/again: one of this name was deleted on \d{4}-\d\d-\d\d; until \d{4}-\d\d-\d\d Harbor stores no/m,
  );
  expect(out.match(new RegExp(STORES_NONE, 'g'))).toHaveLength(1);
});

it('a banner is shown in its declared form', async () => {
  const banner = `configuration: { banner: { message: 'Down on "Sunday"', type: warning, closable: true, from: 2027-03-01 } }`;
  const { out } = await cli(['plan', '--policies', policies(banner)], ENV);
  expect(out).toContain(
    String.raw`~ banner = "" -> { message: "Down on \"Sunday\"", type: warning, closable: true, from: 2027-03-01 }`,
  );
  expect(out).not.toContain('banner_message');
});

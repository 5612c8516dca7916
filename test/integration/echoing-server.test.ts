import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { startEchoingServer, tracesOf, type EchoingServer } from './echoing-server';

const SECRETS = {
  HARBOR_PASSWORD: 'Adm1n/of+this "Harbor"&<co>',
  ROBOT_SECRET: 'R0bot%of\\the/cluster?',
  UPSTREAM_SECRET: 'Upstr3am-töken&more',
  OIDC_SECRET: 'f0rOidc:client=secret',
};
const COMMAND_SECRET = 'Comm4nd-value-of-vault';
const TRACES = tracesOf(Object.values(SECRETS));

let sandbox: Sandbox;
let upstream: FixtureUpstream;
let server: EchoingServer;
let root: string;

beforeAll(async () => {
  sandbox = await startSandbox({ password: SECRETS.HARBOR_PASSWORD, timeScale: 0.01 });
  upstream = await startFixtureUpstream();
  upstream.put('library/single', '1', 'a');
  server = await startEchoingServer(sandbox.url, Object.values(SECRETS));
  root = directoryWith({
    'policies/all.yaml': [
      `harbor: { url: "${server.url}", username: admin, password: { env: HARBOR_PASSWORD } }`,
      `registries: { fixture: { type: docker-registry, url: "${upstream.url}", description: as declared, credential: { access_key: bot, access_secret: { env: UPSTREAM_SECRET } } } }`,
      'projects: { proxy.fixture: { registry: fixture, public: false, conformance: { pull: ["library/single:1"], platforms: [linux/amd64] } } }',
      'robots: { ci: { duration: 30, description: as declared, secret: { env: ROBOT_SECRET }, projects: { "*": [{ resource: repository, action: pull }] } } }',
      'configuration: { oidc_client_secret: { env: OIDC_SECRET }, robot_token_duration: 30 }',
    ].join('\n'),
  });
});

afterAll(async () => {
  await server.close();
  await sandbox.close();
  await upstream.close();
});

/** What a command says, also by the files that it writes. */
async function everythingOf(...argv: string[]): Promise<CliResult & { readonly all: string }> {
  const policies = argv.includes('--policies') ? [] : ['--policies', join(root, 'policies')];
  const result = await cli(
    [...argv, ...policies, '--verbose'],
    { ...SECRETS, COMMAND_SECRET, PATH: process.env['PATH']! },
    root,
  );
  const written = filesBelow(root).filter((file) => !file.endsWith('all.yaml'));
  return { ...result, all: [result.out, result.err, ...written.map((file) => readFileSync(file, 'utf8'))].join('\n') };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

function expectClean({ all }: { readonly all: string }): void {
  expect(TRACES.filter((trace) => all.includes(trace))).toEqual([]);
  // oxlint-disable-next-line no-control-regex -- finding control characters is what this is for
  expect(all.match(/^\s*: ?:\w.*$|##\[|##vso\[|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/gm) ?? []).toEqual([]);
}

const journal = (): string[] => ['--journal', join(root, 'journal.jsonl')];

it('an apply whose refused writes repeat every secret shows none of them', async () => {
  server.mode = 'errors';
  const result = await everythingOf('apply', '--yes', ...journal());
  expect(result.code).not.toBe(0);
  expect(result.all).toContain('[masked]');
  expectClean(result);
});

it.each([
  ['plan', '--format', 'text'],
  ['plan', '--format', 'json'],
  ['plan', '--format', 'markdown'],
  ['plan', '--out', 'plan.json'],
  ['drift'],
  ['apply', '--yes', '--journal', 'journal.jsonl'],
  ['apply', '--yes', '--rotate', 'robot/ci', '--format', 'json', '--journal', 'journal.jsonl'],
  ['doctor'],
  ['doctor', '--format', 'json'],
  ['health'],
  ['export', '--out', 'exported'],
  ['export', '--out', 'exported-too', '--format', 'json'],
  ['conform', '--time-scale', '0.01', '--deep', '--report', 'report'],
  ...['json', 'junit', 'html', 'ctrf', 'sarif', 'prometheus'].map((format) => [
    ...['conform', '--time-scale', '0.01', '--check', 'B1', '--check', 'M2', '--format', format],
  ]),
])('%s %s %s shows none of the secrets that the server repeats', async (...argv) => {
  server.mode = 'quiet';
  await cli(['apply', '--yes', '--policies', join(root, 'policies'), ...journal()], SECRETS, root);
  for (const mode of ['fields', 'errors'] as const) {
    server.mode = mode;
    const inRoot = argv.map((word) =>
      /^(plan\.json|journal\.jsonl|report$|exported)/.test(word) ? join(root, word) : word,
    );
    expectClean(await everythingOf(...inRoot, ...(argv[0] === 'export' ? ['--force'] : [])));
  }
});

it('a secret command that fails shows no secret from its error message', async () => {
  server.mode = 'quiet';
  const complain =
    'echo "$COMMAND_SECRET"; printf "denied: %s, %s ::error::x" "$COMMAND_SECRET" "$ROBOT_SECRET" >&2; exit 3';
  const harbor = (robot: string): string =>
    `harbor: { url: "${server.url}", robot: { name: robot$x, secret: { command: [sh, -c, ${JSON.stringify(robot)}] } } }\n`;
  const policies = directoryWith({
    'all.yaml': `${harbor(complain)}robots: { ci: { duration: 30, secret: { env: ROBOT_SECRET }, projects: { "*": [{ resource: repository, action: pull }] } } }`,
  });
  const result = await everythingOf('plan', '--policies', policies);
  expect(result.err).toContain('failed with exit code 3: denied: [masked], [masked]');
  expect(tracesOf([COMMAND_SECRET]).filter((trace) => result.all.includes(trace))).toEqual([]);
  expectClean(result);
});

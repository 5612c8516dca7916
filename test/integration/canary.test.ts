import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseReport, type ConformanceReport } from '../../src/conformance';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';

const MAIN = resolve(__dirname, '../../dist/src/cli/main.js');
const TOKEN = 'token-of-the-canary';
const ENV = { HARBOR_PASSWORD: 'Harbor12345', CANARY_TOKEN: TOKEN };
const SCENARIOS = ['S1', 'S2', 'S3', 'S4a', 'S5'];

let production: Sandbox;
let canary: ChildProcess;
let url: string;
let controlUrl: string;
let policies: string;

/** All that Harbor and conform know of the canary is what is declared: two URLs and the name of a variable. */
beforeAll(async () => {
  const root = directoryWith({
    'canary.yaml': 'listen: 127.0.0.1:0\ncontrol: { listen: 127.0.0.1:0, token: { env: CANARY_TOKEN } }\n',
  });
  canary = spawn(process.execPath, [MAIN, 'canary', '--config', join(root, 'canary.yaml'), '--format', 'json'], {
    env: { ...process.env, ...ENV },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(canary.stdout!);
  const [line] = (await once(lines, 'line')) as [string];
  lines.close();
  ({ url, controlUrl } = JSON.parse(line) as { url: string; controlUrl: string });
  production = await startSandbox({ timeScale: 0.02 });
  policies = policiesWith('CANARY_TOKEN');
  expect(await cli(['apply', '--policies', policies, '--yes'], ENV)).toMatchObject({ code: 0 });
});

afterAll(async () => {
  canary.kill('SIGTERM');
  await production.close();
});

function policiesWith(variable: string): string {
  const declared = `
harbor: { url: "${production.url}", username: admin, password: { env: HARBOR_PASSWORD } }
registries: { canary: { type: docker-registry, url: "${url}" } }
projects:
  proxy.canary:
    registry: canary
    public: true
    conformance:
      pull: [breakwater/single:1, breakwater/docker:1, breakwater/index:1, breakwater/layers:1, breakwater/zstd:1]
      canary: { url: "${controlUrl}", token: { env: ${variable} } }
`;
  return join(directoryWith({ 'policies/harbor.yaml': declared }), 'policies');
}

async function conform(directory: string, checks: readonly string[], env: Record<string, string> = ENV) {
  const chosen = checks.flatMap((id) => ['--check', id]);
  const words = ['--policies', directory, '--time-scale', '0.02', '--format', 'json', ...chosen];
  const { code, out } = await cli(['conform', ...words], env);
  const report = parseReport(out) as ConformanceReport;
  return { code, out, statuses: report.results.map(({ id, status }) => `${id} ${status}`) };
}

it('lets every scenario play against a Harbor that knows the canary by its URL alone', async () => {
  const { code, out, statuses } = await conform(policies, SCENARIOS);
  expect(statuses).not.toHaveLength(0);
  // Of the index one platform is pulled: during an outage Harbor serves it cut to that (goharbor/harbor#21818).
  expect(statuses.filter((status) => !status.endsWith(' pass'))).toEqual(['S4a known-deviation']);
  for (const id of SCENARIOS) expect(statuses.some((status) => status.startsWith(id))).toBe(true);
  expect(code).toBe(0);
  expect(out).not.toContain(TOKEN);
});

it('unpacks what it serves: zstd, four layers, and what Docker pushes', async () => {
  const { statuses } = await conform(policies, ['B1', 'M5', 'M7']);
  expect(statuses.filter((status) => status.startsWith('B1'))).toContain('B1 pass');
  expect(statuses.filter((status) => !status.endsWith(' pass'))).toEqual([]);
});

it('says so where the token is wrong, and does nothing', async () => {
  const { code, out, statuses } = await conform(policiesWith('WRONG_TOKEN'), ['S3'], { ...ENV, WRONG_TOKEN: 'wrong' });
  expect(code).toBe(1);
  expect(statuses).toEqual(['S3 error']);
  expect(out).toContain('does not know this token');
});

it('ends by SIGTERM, in its own way', async () => {
  const ended = once(canary, 'exit');
  canary.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

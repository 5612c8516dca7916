import { spawn } from 'node:child_process';
import dns from 'node:dns';
import { chmodSync, cpSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { startCliForScripts, type CliForScripts } from '../support/cli-for-scripts';
import { backupJson, projectDouble, type ProjectDouble } from './up-doubles';

const ROOT = resolve(__dirname, '../..');
const HOSTNAME = 'harbor.corp.internal';
const ENV = { HARBOR_PASSWORD: 'Harbor12345', UPSTREAM_PASSWORD: 'Canary-5eCr3t-Value' };
const IMAGES = ['library/a:1', 'library/b:1', 'library/c:1', 'library/d:1', 'library/e:1'];

/** What docker does on the host is done to the upstream: out of reach is out of reach. */
const SSH_DOUBLE = `#!/bin/sh
case "$*" in
  *"network disconnect harbor-egress harbor-core") exec curl -s "$SWITCH/stop" ;;
  *"network connect harbor-egress harbor-core") exec curl -s "$SWITCH/start" ;;
esac
`;

let upstream: FixtureUpstream;
let control: Server;
let backup: string;
let known: string;
let breakwater: CliForScripts;

beforeAll(async () => {
  breakwater = await startCliForScripts();
  upstream = await startFixtureUpstream({ auth: `puller:${ENV.UPSTREAM_PASSWORD}` });
  for (const [index, image] of IMAGES.entries()) upstream.put(image.split(':')[0]!, '1', index % 2 ? 'a' : 'b');
  control = createServer((request, response) => {
    const done = request.url === '/stop' ? upstream.stop() : upstream.start();
    void done.then(() => response.end());
  });
  await new Promise<void>((listening) => control.listen(0, '127.0.0.1', listening));
  const folder = directoryWith({ '.keep': '' });
  backup = join(folder, 'data');
  known = join(folder, 'known.json');
  await beforeTheDisaster(folder);
}, 120_000);
afterAll(async () => {
  breakwater.close();
  control.close();
  await upstream.close();
});

/** Nobody has a record of Harbor's name: here it is this machine. */
const { lookup } = dns;
const ask = dns.promises.lookup;
const here = (name: string): string => (name === HOSTNAME ? '127.0.0.1' : name);
beforeAll(() => {
  Object.assign(dns, {
    lookup: (name: string, ...rest: never[]) => (lookup as (...args: unknown[]) => void)(here(name), ...rest),
  });
  Object.assign(dns.promises, { lookup: (name: string, options: object) => ask(here(name), options) });
});
afterAll(() => {
  Object.assign(dns, { lookup });
  Object.assign(dns.promises, { lookup: ask });
});

/** A Harbor that was applied, used, recorded, and lost but for its data. */
async function beforeTheDisaster(folder: string): Promise<void> {
  const sandbox = await startSandbox({ timeScale: 0.01, dataDir: backup });
  const policies = policiesFor(sandbox.url);
  const flags = ['--policies', policies];
  expect(await cli(['apply', '--yes', ...flags, '--journal', join(folder, 'journal')], ENV)).toMatchObject({ code: 0 });
  expect(await cli(['conform', ...flags, '--check', 'B1'], ENV)).toMatchObject({ code: 0 });
  // Until all are cached.
  while ((await cli(['drill', 'record', '--known', known, ...flags], ENV)).code !== 0);
  await sandbox.close();
}

function policiesFor(url: string): string {
  return directoryWith({
    'p.yaml': [
      `harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD } }`,
      'registries:',
      `  fixture: { type: docker-registry, url: "${upstream.url}", insecure: true,`,
      '    credential: { access_key: puller, access_secret: { env: UPSTREAM_PASSWORD } } }',
      'projects:',
      '  proxy.fixture:',
      '    registry: fixture',
      '    public: true',
      `    conformance: { pull: [${IMAGES.join(', ')}], platforms: [linux/amd64] }`,
    ].join('\n'),
  });
}

function freshHost(): ProjectDouble {
  const environment = `harbor: { version: v2.15.2, hostname: ${HOSTNAME} }\nhost: { address: vm.corp.internal }\n`;
  const project = projectDouble(environment);
  const executables = {
    'bin/breakwater': `#!/bin/sh\nexec ${breakwater.path} "$@"\n`,
    'bin/ssh': SSH_DOUBLE,
  };
  for (const [name, content] of Object.entries(executables)) {
    project.write(name, content);
    chmodSync(join(project.directory, name), 0o755);
  }
  project.write('latest.json', backupJson({ harborVersion: 'v2.15.2', hostname: HOSTNAME }));
  return project;
}

/** The script as it is, with the built command line; the host, its tools and the name of Harbor are doubles. */
async function drill(sandbox: Sandbox, project = freshHost(), digests = known): Promise<CliResult> {
  const { port } = control.address() as AddressInfo;
  const policies = policiesFor(`http://${HOSTNAME}:${sandbox.port}`);
  const args = ['--environment', 'prod', '--ssh', 'deploy@vm', '--manifest', 'latest.json', '--known', digests];
  const child = spawn(join(ROOT, 'scripts/restore-drill.sh'), [...args, '--', '--policies', policies], {
    cwd: project.directory,
    env: { ...ENV, ...project.env, SWITCH: `http://127.0.0.1:${port}` },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text));
  const code = await new Promise<number>((ended) => child.once('close', (status) => ended(status ?? 1)));
  return { code, out, err };
}

it('rebuilds Harbor from its backup, and proves the plan, the credentials and five digests', async () => {
  const sandbox = await restoredSandbox();
  const project = freshHost();
  const { code, out, err } = await drill(sandbox, project);
  await sandbox.close();
  expect(err).toMatch(/== restored and proven in \d+ min \d+ s\n$/);
  expect(code).toBe(0);
  expect(out.match(/^ok {5}pulled proxy\.fixture\/library\/[a-e]@sha256:/gm)).toHaveLength(5);
  expect(out).toMatch(/^ok {5}no registry can be reached$/m);
  expect(out).toMatch(/^ok {5}registry fixture, with the stored credential$/m);
  const order = project.started().map((line) => /playbooks\/(\w+)|stacks\/(\w+) apply/.exec(line)?.slice(1).join(''));
  expect(order.filter(Boolean)).toEqual(['restore', 'images', 'harbor']);
  expect(await upstreamAnswers()).toBe(true);
}, 120_000);

it('fails on a Harbor that came back empty, and reports what is missing', async () => {
  const sandbox = await startSandbox({ timeScale: 0.01 });
  const { code, out, err } = await drill(sandbox);
  await sandbox.close();
  expect(out).toMatch(/^Plan: 2 to create/m);
  expect(err).not.toMatch(/== 4\/5/);
  expect(code).toBe(2);
}, 120_000);

it('fails if a stored credential is lost', async () => {
  const sandbox = await restoredSandbox();
  upstream.setAuth('puller:another');
  const { code, out, err } = await drill(sandbox);
  upstream.setAuth(`puller:${ENV.UPSTREAM_PASSWORD}`);
  await sandbox.close();
  expect(out).toMatch(/^FAILED registry fixture, with the stored credential: /m);
  expect(err).not.toMatch(/== 5\/5/);
  expect(code).toBe(7);
}, 120_000);

it("restores Harbor's network access if a digest is missing", async () => {
  const sandbox = await restoredSandbox();
  const lost = [{ project: 'proxy.fixture', repository: 'library/a', digest: `sha256:${'0'.repeat(64)}` }];
  const file = directoryWith({ 'known.json': JSON.stringify({ schemaVersion: 1, artifacts: lost }) });
  const { code, out } = await drill(sandbox, freshHost(), join(file, 'known.json'));
  await sandbox.close();
  expect(out).toMatch(
    /^FAILED pulled proxy\.fixture\/library\/a@sha256:0{12}…: Harbor returned 404 for the manifest$/m,
  );
  expect({ code, upstream: await upstreamAnswers() }).toEqual({ code: 7, upstream: true });
}, 120_000);

it('explains how to reconnect Harbor if the host cannot be reached any more', async () => {
  const sandbox = await restoredSandbox();
  const project = freshHost();
  project.write('bin/ssh', SSH_DOUBLE.replace(/exec (.*\/start.*) ;;/, '$1; exit 255 ;;'));
  const { code, err } = await drill(sandbox, project);
  await sandbox.close();
  expect(err).toMatch(/== core is still cut off\. On deploy@vm: docker network connect harbor-egress harbor-core\n$/);
  expect(code).toBe(1);
}, 120_000);

it.each([
  ['no arguments', [], 64],
  ['an option without a value', ['--environment'], 64],
  ['an unknown option', ['--force', 'yes'], 64],
  ['no manifest', ['--environment', 'a', '--ssh', 'b', '--manifest', 'nowhere', '--known', 'nowhere'], 66],
])('starts nothing with %s', async (_what, args, code) => {
  const child = spawn(join(ROOT, 'scripts/restore-drill.sh'), args, { stdio: 'ignore' });
  expect(await new Promise((ended) => child.once('close', ended))).toBe(code);
});

function restoredSandbox(): Promise<Sandbox> {
  const dataDir = directoryWith({ '.keep': '' });
  cpSync(backup, dataDir, { recursive: true });
  return startSandbox({ timeScale: 0.01, dataDir });
}

function upstreamAnswers(): Promise<boolean> {
  return fetch(`${upstream.url}/v2/`).then(
    () => true,
    () => false,
  );
}

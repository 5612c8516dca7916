import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith } from '../support/cli';

const ENV = { HARBOR_PASSWORD: 'Harbor12345' };
let sandbox: Sandbox;
let upstream: FixtureUpstream;
let root: string;
beforeEach(async () => {
  [sandbox, upstream] = await Promise.all([startSandbox({ timeScale: 0.01 }), startFixtureUpstream()]);
  root = directoryWith({
    'policies/p.yaml': `harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }
registries: { up: { type: docker-registry, url: "${upstream.url}" } }
projects: { cache: { registry: up, public: true } }
`,
    'src/compose.yaml': '',
  });
  expect((await cli(['apply', '--yes', '--policies', join(root, 'policies')], ENV)).code).toBe(0);
});
afterEach(async () => {
  await sandbox.close();
  await upstream.close();
});

it('renames only what the cache serves, and reports why the others stay', async () => {
  upstream.put('app/here', '1', 'a');
  const host = new URL(upstream.url).host;
  const file = join(root, 'src/compose.yaml');
  const pinned = `app/here@sha256:${'0'.repeat(64)}`;
  const images = [`${host}/app/here:1`, `${host}/app/gone:1`, `${host}/${pinned}`];
  writeFileSync(file, `services:\n${images.map((image, index) => `  s${index}: { image: "${image}" }\n`).join('')}`);
  const record = ['--record', join(root, 'record.jsonl')];
  const run = () =>
    cli(
      [
        'inventory',
        'rewrite',
        join(root, 'src'),
        '--policies',
        join(root, 'policies'),
        '--prove',
        '--write',
        ...record,
      ],
      ENV,
    );
  upstream.takeLog();
  const { code, err } = await run();
  expect([code, err]).toEqual([0, expect.stringContaining('1 edit in 1 file')]);
  expect(err).toMatch(/app\/gone:1 not rewritten: the cache returns 404/);
  expect(err).toMatch(/app\/here@sha256:0+ not rewritten: the cache returns 404/);
  // Nothing that an upstream counts.
  expect(upstream.takeLog().filter((line) => /^GET .*manifests/.test(line))).toEqual([]);
  expect(readFileSync(file, 'utf8')).toContain(`${new URL(sandbox.url).host}/cache/app/here:1`);
  upstream.put('app/gone', '1', 'b');
  expect((await run()).err).toContain('1 edit in 1 file');
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';
import { startCountingUpstream, type CountingUpstream } from '../support/counting-upstream';
import { until } from '../support/until';
import { call } from '../unit/sandbox/api-client';

const ENV = { HARBOR_PASSWORD: 'Harbor12345' };
const SCALE = 0.0002;
const SIX_HOURS_MS = 6 * 3_600_000 * SCALE;
jest.setTimeout(120_000);

let sandbox: Sandbox;
let upstream: CountingUpstream;
let directory: string;

/** Six hours take 4.3 s here. */
async function open(limit: number, announced?: string): Promise<void> {
  sandbox = await startSandbox({ timeScale: SCALE });
  upstream = await startCountingUpstream(limit, SIX_HOURS_MS, announced);
  directory = directoryWith({
    'policies/p.yaml': `harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }
registries: { up: { type: docker-registry, url: "${upstream.url}" } }
projects: { cache: { registry: up, public: true } }
`,
    'list.txt': '',
  });
  expect((await cli(['apply', '--yes', '--policies', join(directory, 'policies')], ENV)).code).toBe(0);
}
afterEach(async () => {
  await sandbox.close();
  await upstream.close();
});

const host = () => new URL(upstream.url).host;
function named(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    upstream.fixture.put(`app/n${index}`, '1', index % 5 === 0 ? 'idx' : 'a');
    return `${host()}/app/n${index}:1`;
  });
}
const warm = (...more: string[]) =>
  cli(
    [
      ...['warm', '--policies', join(directory, 'policies'), '--state', join(directory, 'state.jsonl')],
      ...['--time-scale', String(SCALE), '--format', 'json', ...more],
    ],
    ENV,
  );
const listed = (names: readonly string[]): string[] => {
  writeFileSync(join(directory, 'list.txt'), `# images\n\n${names.join('\n')}\n`);
  return ['--list', join(directory, 'list.txt')];
};
const summaryOf = (out: string) => (JSON.parse(out) as { summary: Record<string, number> }).summary;
const state = () =>
  readFileSync(join(directory, 'state.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { image: string; outcome: string });

/** Harbor gives an index its tag only after a while: a run has ended by then. */
async function untilTagged(count: number): Promise<void> {
  let index = 0;
  const look = async (): Promise<void> => {
    const { status } = await call(sandbox, `GET projects/cache/repositories/app%252Fn${index}/artifacts/1`);
    if (status === 200) index++;
    else await sleep(20);
  };
  await until(() => index === count, look);
}

it('stays below the announced limit without a single 429, and the next pull is served by the cache', async () => {
  await open(20);
  const names = named(24);
  const { code, out, err } = await warm(...listed(names), '--floor', '2');
  expect([code, err]).toEqual([0, expect.stringMatching(/next pull in .* \(the rate\)/)]);
  expect(JSON.parse(out).summary).toMatchObject({ stored: 24, failed: 0, limited: 0, open: 0 });
  expect(upstream.statuses).not.toContain(429);
  // More than one window's worth, so that a run without a pace would have been refused.
  expect(upstream.statuses.length).toBeGreaterThan(20);
  upstream.fixture.takeLog();
  const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
  for (const index of [0, 1, 23])
    expect(
      (await call(sandbox, `GET /v2/cache/app/n${index}/manifests/1`, undefined, { headers: { accept } })).status,
    ).toBe(200);
  expect(upstream.fixture.takeLog().filter((line) => line.startsWith('GET'))).toEqual([]);
});

it('continues where it was stopped, and pulls nothing twice', async () => {
  await open(1000);
  const names = named(6);
  expect((await warm(...listed(names), '--rate', '1000', '--limit', '3')).code).toBe(0);
  const before = upstream.statuses.length;
  const { out } = await warm(...listed(names), '--rate', '1000');
  expect(JSON.parse(out).summary).toMatchObject({ earlier: 3, stored: 3 });
  expect(upstream.statuses.length - before).toBeLessThanOrEqual(4);
  expect(new Set(state().map(({ image }) => image)).size).toBe(6);
  await untilTagged(6);
  // A new state file: what is there is looked up, and costs nothing.
  writeFileSync(join(directory, 'state.jsonl'), '');
  const counted = upstream.statuses.length;
  expect(JSON.parse((await warm(...listed(names), '--rate', '1000')).out).summary).toMatchObject({ already: 6 });
  expect(upstream.statuses.length).toBe(counted);
});

it('pulls the most used first, and names what it leaves out', async () => {
  await open(1000);
  named(3);
  writeFileSync(
    join(directory, 'compose.yaml'),
    `services:
  a: { image: ${host()}/app/n1:1 }
  b: { image: ${host()}/app/n2:1 }
  c: { image: ${host()}/app/n2:1 }
  d: { image: quay.io/acme/app:2 }
  e: { image: "${host()}/app/n0:\${TAG}" }
`,
  );
  const { code, out } = await warm(join(directory, 'compose.yaml'), '--rate', '1000');
  expect(code).toBe(0);
  const { images, leftOut } = JSON.parse(out) as { images: { image: string }[]; leftOut: { name: string }[] };
  expect(images.map(({ image }) => image).sort()).toEqual(['app/n1:1', 'app/n2:1']);
  expect(state().map(({ image }) => image)).toHaveLength(2);
  expect(leftOut.map(({ name }) => name)).toEqual(['quay.io/acme/app:2', expect.stringContaining('/app/n0')]);
  const dry = await warm(
    join(directory, 'compose.yaml'),
    '--dry-run',
    '--state',
    join(directory, 'none.jsonl'),
    '--format',
    'text',
  );
  expect(dry.out.split('\n').slice(0, 2)).toEqual(['cache/app/n2:1 (2)', 'cache/app/n1:1 (1)']);
  const LEFT = '2 left out: the cache does not serve them, or the image is not known\n';
  expect(dry.out).toContain('quay.io/acme/app:2: left out: no proxy cache project is declared for quay.io\n');
  expect(dry.out.endsWith(LEFT)).toBe(true);
  const again = await warm(join(directory, 'compose.yaml'), '--rate', '1000', '--format', 'text');
  expect(again.out).toContain(LEFT);
});

it('does not call a list warm that contains what the cache cannot serve, nor drop what --limit excludes', async () => {
  await open(1000);
  const { code, out } = await warm(...listed([...named(2), 'quay.io/acme/app:2']), '--rate', '1000', '--limit', '1');
  expect([code, summaryOf(out)]).toEqual([7, expect.objectContaining({ stored: 1, leftOut: 1, beyondLimit: 1 })]);
});

it('reports unreadable files, a missing path, and that it found no image', async () => {
  await open(1000);
  writeFileSync(join(directory, 'broken.yaml'), Buffer.from('\ufeffimage: a', 'utf16le'));
  const broken = await warm(join(directory, 'broken.yaml'), '--format', 'text');
  expect(broken.out).toMatch(/broken\.yaml: left out: UTF-16 text: save it as UTF-8\n/);
  const missing = await warm(join(directory, 'nowhere'));
  expect([missing.code, missing.out + missing.err]).toEqual([
    1,
    expect.stringContaining('nowhere: no such file or directory'),
  ]);
  writeFileSync(join(directory, 'list.txt'), '# none\n');
  expect((await warm('--list', join(directory, 'list.txt'), '--format', 'text')).out).toContain('no image was found\n');
});

it('does not go below the floor, and reports it', async () => {
  // A limit that it has no right to use up, whatever the rate.
  await open(10, '10;w=21600');
  const { out, err } = await warm(...listed(named(12)), '--rate', '100000', '--floor', '4');
  expect(err).toMatch(/pulls are left of 10, 4 are reserved/);
  expect(JSON.parse(out).summary).toMatchObject({ stored: 12 });
  expect(upstream.statuses).not.toContain(429);
});

it('waits and tries again if it is refused anyway', async () => {
  await open(5, '');
  const images = listed(named(8).slice(1));
  const first = await warm(...images, '--rate', '100000');
  expect(upstream.statuses).toContain(429);
  // The limit can also meet the pull by which Harbor stores an image: the next run pulls it again.
  const { stored, pulled, 'not-stored': notStored, failed } = summaryOf(first.out);
  expect([stored! + pulled! + notStored!, failed, first.code]).toEqual([7, 0, notStored! > 0 ? 7 : 0]);
  const second = await warm(...images, '--rate', '100000');
  expect(summaryOf(second.out)).toMatchObject({ earlier: stored! + pulled!, failed: 0 });
});

it("reads the images from Harbor's pull records, and reports a deleted image", async () => {
  await open(1000);
  const names = named(2);
  await warm(...listed(names), '--rate', '1000');
  await untilTagged(2);
  upstream.fixture.put('app/n1', '1', 'b');
  writeFileSync(join(directory, 'state.jsonl'), '');
  const { out } = await warm('--from-harbor', '--rate', '1000');
  // The tag that moved is fetched again, the other is there.
  expect(JSON.parse(out).summary).toMatchObject({ stored: 1, already: 1 });
  const gone = await warm(...listed([`${host()}/app/never:1`]), '--rate', '1000');
  expect([gone.code, JSON.parse(gone.out).images]).toEqual([
    7,
    [expect.objectContaining({ outcome: 'failed', why: expect.stringMatching(/404/) })],
  ]);
});

import { setTimeout as sleep } from 'node:timers/promises';
import type { UpstreamControl, UpstreamMode } from '../../../../src/conformance/model/target';
import { openStage, shown, statusOfUpstream, type Stage, type StageOptions } from './stage';

// A scenario waits for Harbor's own checks: on a machine with other work that takes its time.
jest.setTimeout(120_000);

let stage: Stage;

afterEach(() => stage.close());

async function play(id: string, options?: StageOptions) {
  stage = await openStage(options);
  return stage.play(id);
}

/** The upstream's log contains more than what the requests of the scenario caused. */
async function playWithLog(id: string, logOf: (log: readonly string[]) => readonly string[], options?: StageOptions) {
  stage = await openStage(options);
  const upstream = stage.target.projects[0]!.upstream!;
  const takeLog = async () => logOf(await upstream.takeLog());
  const projects = [{ ...stage.target.projects[0]!, upstream: { ...upstream, takeLog } }];
  return stage.play(id, { ...stage.target, projects });
}

describe('while Harbor copies another image of the same repository', () => {
  it.each([
    ['S2', 'library/single'],
    ['S5', 'breakwater/canary'],
  ])('%s does not count its requests', async (id, repository) => {
    const other = ['manifests', 'blobs'].map((kind) => `GET /v2/${repository}/${kind}/sha256:${'a'.repeat(64)}`);
    expect(await playWithLog(id, (log) => [...log, ...other])).toMatchObject({ status: 'pass' });
  });
});

describe('S1, what a first pull costs the upstream', () => {
  /** As if Harbor had not stored a blob between the two requests for it. */
  const again = (log: readonly string[]) => [...log, ...log.filter((line) => /^GET .*\/blobs\//.test(line))];

  it('a blob that had to be requested twice may cost it twice as much', async () => {
    const faults = ['502-after-effect:path=/v2/proxy/library/single/blobs/*,times=2'];
    const result = await playWithLog('S1', again, { faults });
    expect(result).toMatchObject({ status: 'pass', message: 'pulled right, then cached' });
  });

  it('a blob that was requested once may not', async () => {
    const { status, message } = await playWithLog('S1', again);
    expect({ status, message }).toEqual({ status: 'fail', message: expect.stringMatching(/^fetched more than twice/) });
  });
});

/** Where nothing is stored. */
async function playInVain(id: string) {
  stage = await openStage({ faults: ['404:path=/api/v2.0/projects/proxy/repositories/*'] });
  return stage.playImpatiently(id);
}

describe('S16, an upstream that demands a User-Agent', () => {
  it.each([
    ['v2.14.3', 'fail'],
    ['v2.14.4', 'pass'],
    ['v2.15.0', 'fail'],
    ['v2.15.2', 'pass'],
  ])('Harbor %s: %s', async (version, status) => {
    const result = await play('S16', { version });
    expect(result.status).toBe(status);
    if (status === 'fail')
      expect(result.message).toMatch(
        /2\.14\.0 to 2\.14\.3 and 2\.15\.0 send no User-Agent .*this is v2\.1\d\.\d.*: update Harbor$/,
      );
    // It behaves again afterwards, for anyone who comes next.
    const answer = await fetch(`${stage.upstream.url}/v2/library/single/manifests/1`, {
      headers: { 'user-agent': '' },
    });
    expect(answer.status).toBe(200);
  });
});

describe('an index of which one platform is pulled', () => {
  // Harbor stores it 400 s later than its images, and serves its tag without the upstream only then.
  it.each(['S4a', 'S4b'])('%s waits until its tag is stored', async (id) => {
    const index = { images: ['library/multi:1'], platforms: ['linux/amd64'] };
    const { status, message } = await play(id, { declared: index });
    expect({ status, message }).toEqual({
      status: 'known-deviation',
      message: expect.stringMatching(/^the same images, under the index/),
    });
  });
});

describe('S4b, an upstream that Harbor knows to be down', () => {
  it('fails if Harbor does not notice', async () => {
    stage = await openStage({ timeScale: 1 });
    expect(await stage.playImpatiently('S4b')).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/refuses connections, but Harbor still reports it as healthy after its check was/),
    });
  });

  it('fails if what was cached is not served then', async () => {
    // The config and the layer of the pull that brings it into the cache.
    expect(await play('S4b', { faults: ['404:path=/v2/proxy/library/single/blobs/*,after=2'] })).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^blob sha256:\w+: 404/),
    });
  });
});

describe('S4c, an upstream that drops packets', () => {
  it('reports the wait by tag as a known deviation, and aborts the hung request', async () => {
    const result = await play('S4c');
    expect(result.message).toMatch(/^by digest 200 in \d+ ms; by tag no answer within 2 s \(Harbor waits/);
    expect(result).toMatchObject({
      status: 'known-deviation',
      link: 'https://github.com/goharbor/harbor/issues/17934',
    });
    const answer = await fetch(`${stage.upstream.url}/v2/library/single/manifests/1`);
    expect(answer.status).toBe(200);
  });

  it('passes for a pull by digest without a request to the upstream', async () => {
    stage = await openStage();
    const head = await fetch(`${stage.upstream.url}/v2/library/single/manifests/1`, { method: 'HEAD' });
    await stage.close();
    const pinned = `library/single@${head.headers.get('docker-content-digest')}`;
    expect(await play('S4c', { declared: { images: [pinned] } })).toMatchObject({
      status: 'pass',
      message: expect.stringMatching(/^by digest 200 in \d+ ms$/),
    });
  });

  it('fails if the digest does not come from the cache', async () => {
    const result = await play('S4c', {
      faults: ['500:path=/v2/proxy/library/single/manifests/sha256:*,after=1'],
    });
    expect(result).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^by digest: expected the cached image, got 500 UNKNOWN/),
    });
  });
});

describe('S5, a tag that is removed upstream', () => {
  it.each([
    ['v2.13.5', 'pass'],
    ['v2.14.4', 'known-deviation'],
    ['v2.15.2', 'pass'],
    ['v2.16.0', 'pass'],
  ])('on %s: %s', async (version, status) => {
    expect(await play('S5', { version })).toMatchObject({ status });
  });

  it('is no known deviation if a declared setting does nothing', async () => {
    const declared = { localOnNotFound: true };
    expect(await play('S5', { version: 'v2.14.4', declared })).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^by tag: expected 200, got 404/),
    });
  });
});

describe('S8, an upstream that cuts and lies', () => {
  it.each([
    ['v2.13.5', /truncated: |wrong bytes|broke off/],
    ['v2.15.2', /truncated: |wrong bytes|broke off/],
    ['v2.16.0', /broke off after \d+ of \d+ bytes/],
  ])('passes on %s, and reports what clients got meanwhile', async (version, given) => {
    const result = await play('S8', { version });
    expect(result).toMatchObject({
      status: 'pass',
      message: 'after each of them the next pull was correct and was stored',
    });
    expect(shown(result, 'given truncated layers')).toMatch(given);
    expect(shown(result, 'given wrong bytes')).toContain('wrong bytes: they hash to');
    expect(shown(result, 'given HTML pages')).toContain('returns no digest');
    expect(shown(result, 'given truncated manifests')).toMatch(/GET proxy\/breakwater\/canary@sha256:\w+: 404/);
    expect(shown(result, 'stored after wrong bytes')).toContain('unscaled');
  });

  it('fails if nothing is cached afterwards', async () => {
    const result = await playInVain('S8');
    expect(result.status).toBe('fail');
    expect(result.message).toMatch(/after truncated layers the next pull is not stored: sha256:\w+ is missing/);
  });
});

describe('S9, many cold pulls at once', () => {
  /** Slow enough not to fetch by itself what the crowd is still pulling. */
  const timeScale = 0.05;

  it('counts what they cost the upstream', async () => {
    const result = await play('S9', { timeScale });
    expect(result).toMatchObject({
      status: 'known-deviation',
      link: 'https://github.com/goharbor/harbor/issues/22570',
    });
    expect(shown(result, 'clients')).toBe('10');
    const gets = Number(shown(result, 'GETs of one blob at the upstream'));
    expect(gets).toBeGreaterThan(2);
    expect(gets).toBeLessThanOrEqual(20);
  });

  it.each([
    [1, 'skip', undefined],
    [3, 'known-deviation', '3'],
  ])('sends no more than max_upstream_conn %i allows', async (limit, status, clients) => {
    const metadata = { max_upstream_conn: String(limit) };
    const result = await play('S9', { timeScale, metadata, declared: { maxUpstreamConnections: limit } });
    expect([result.status, shown(result, 'clients')]).toEqual([status, clients]);
  });

  it('fails if a client gets an error, also one that a retry would hide', async () => {
    const result = await play('S9', { timeScale, faults: ['502:path=/v2/proxy/*/blobs/*,after=4,times=1'] });
    expect(result).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^1 answers were errors: 502 for .*\/blobs\//),
    });
  });
});

describe('S10, a client that leaves', () => {
  it('passes, and reports the cost', async () => {
    const result = await play('S10');
    expect(result).toMatchObject({
      status: 'pass',
      message: expect.stringMatching(/the next pull is correct, and stored/),
    });
    expect(shown(result, 'left after')).toMatch(/^\d+(\.\d)? MiB of 10 MiB$/);
  });

  it('fails if the image is not stored any more', async () => {
    const result = await playInVain('S10');
    expect(result).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^the next pull is correct, but not stored after/),
    });
  });
});

describe('S13, a limit of connections to the upstream', () => {
  const metadata = { max_upstream_conn: '2' };
  const declared = { maxUpstreamConnections: 2 };

  it('passes if some are refused, and none afterwards', async () => {
    const result = await play('S13', { metadata, declared });
    expect(result).toMatchObject({
      status: 'pass',
      message: expect.stringMatching(/^\d served, \d refused with 429, and served afterwards$/),
    });
    expect(Number(shown(result, 'served')) + Number(shown(result, 'refused'))).toBe(6);
  });

  it.each<[string, StageOptions, string, RegExp]>([
    ['Harbor was told of no limit', { declared }, 'fail', /all of 6 parallel pulls were served, .* is 2/],
    ['the version has none', { version: 'v2.13.5', declared }, 'fail', /Harbor v2\.13\.5 does not limit connections/],
    ['none is declared', { metadata }, 'skip', /no max_upstream_conn is declared/],
    ['it is large', { declared: { maxUpstreamConnections: 500 } }, 'skip', /more than 32 pulls at once/],
    [
      'an answer is an error',
      { metadata, declared, faults: ['500:path=/v2/proxy/breakwater/canary/manifests/crowd-*,times=1'] },
      'fail',
      /1 got another response: 500 UNKNOWN/,
    ],
  ])('if %s: %j', async (_where, options, status, words) => {
    expect(await play('S13', options)).toMatchObject({ status, message: expect.stringMatching(words) });
  });
});

describe("where Harbor's own check comes in between", () => {
  /** The first time it is told to misbehave it is gone until Harbor has noticed. */
  function unluckyOnce(): UpstreamControl {
    const upstream = stage.target.projects[0]!.upstream!;
    let isFirst = true;
    const misbehave = async (mode: UpstreamMode): Promise<void> => {
      if (isFirst) {
        isFirst = false;
        await upstream.stop();
        while ((await statusOfUpstream(stage.sandbox)) === 'healthy') await sleep(20);
        await upstream.start();
      }
      await upstream.misbehave(mode);
    };
    return { ...upstream, misbehave };
  }

  it('a scenario that failed is played again when Harbor asks the upstream again', async () => {
    stage = await openStage();
    const target = { ...stage.target, projects: [{ ...stage.target.projects[0]!, upstream: unluckyOnce() }] };
    const result = await stage.play('S7', target);
    expect(result).toMatchObject({ status: 'pass', message: '200 for the cached tag, 429 for the other' });
    // What was seen the first time: 404, for nobody was asked.
    const cold = result.requests.filter(({ url }) => url.includes('/manifests/refused-cold-'));
    expect(cold.map(({ status }) => status)).toEqual([404, 429]);
    expect(await statusOfUpstream(stage.sandbox)).toBe('healthy');
  });
});

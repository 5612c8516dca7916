import type { RepositoryFilter } from '../../../../src/conformance/model/target';
import { startFrontDouble } from '../mirror-front-double';
import { configure, openStage, retain, shown, type Stage, type StageOptions } from './stage';

// A scenario waits for Harbor's own checks: on a machine with other work that takes its time.
jest.setTimeout(120_000);

let stage: Stage;

afterEach(() => stage.close());

async function play(id: string, options?: StageOptions) {
  stage = await openStage(options);
  return stage.play(id);
}

describe('S11, short names of Docker Hub', () => {
  const declared = { registryType: 'docker-hub' };

  it('passes: 301, and the same image with the same token', async () => {
    const result = await play('S11', { type: 'docker-hub', declared });
    expect(result).toMatchObject({ status: 'pass', message: '301, and the same image with the same token' });
    expect(shown(result, 'redirected to')).toBe('/v2/proxy/library/single/manifests/1');
    const asked = result.requests.map(({ method, status }) => `${method} ${status}`);
    expect(asked).toEqual(['HEAD 401', 'GET 200', 'HEAD 301', 'HEAD 200', 'GET 200', 'HEAD 200']);
  });

  it.each<[string, StageOptions, string, RegExp]>([
    [
      'Harbor does not redirect',
      { declared },
      'fail',
      /^proxy\/single: expected 301 to \/v2\/proxy\/library\/single\/manifests\/1, got 404 .* to nowhere$/,
    ],
    [
      'what it leads to is refused',
      { type: 'docker-hub', declared, faults: ['403:path=/v2/proxy/library/*'] },
      'fail',
      /with the token of the short name: 403/,
    ],
    ['the upstream is another', { declared: {} }, 'skip', /not a proxy of Docker Hub/],
    [
      'no official image is declared',
      { type: 'docker-hub', declared: { ...declared, images: ['grafana/grafana:11'] } },
      'skip',
      /no image below library\/ is declared/,
    ],
  ])('if %s', async (_where, options, status, words) => {
    expect(await play('S11', options)).toMatchObject({ status, message: expect.stringMatching(words) });
  });
});

describe('S12, the repository filter', () => {
  const repositoryFilter: RepositoryFilter = { pattern: 'library/**', kind: 'doublestar' };
  const metadata = { proxy_cache_filter_pattern: 'library/**', proxy_cache_filter_kind: 'doublestar' };

  it('passes if repositories outside the filter are refused without a request to the upstream', async () => {
    const result = await play('S12', { version: 'v2.16.0', metadata, declared: { repositoryFilter } });
    expect(result).toMatchObject({
      status: 'pass',
      message: expect.stringMatching(/^breakwater-outside-\w{8}\/canary is refused: manifest, blob and tags$/),
    });
    expect(shown(result, 'upstream')).toBe('not checked');
  });

  it('fails for each of them if Harbor has no filter', async () => {
    const { status, message } = await play('S12', { version: 'v2.16.0', declared: { repositoryFilter } });
    expect(status).toBe('fail');
    for (const path of ['manifests/1', 'blobs/sha256:\\w+', 'tags/list'])
      expect(message).toMatch(new RegExp(`${path} of breakwater-outside-\\w+/canary: not refused: \\d+`));
    expect(message).toMatch(/the upstream was contacted: HEAD \/v2\/breakwater-outside-/);
  });

  it.each<[string, StageOptions, string, RegExp]>([
    ['the version has none', { declared: { repositoryFilter } }, 'fail', /Harbor v2\.15\.2 has no repository filter/],
    ['none is declared', {}, 'skip', /no proxy_cache_filter_pattern is declared/],
    [
      'all is let through',
      { version: 'v2.16.0', declared: { repositoryFilter: { pattern: '.*', kind: 'regex' } } },
      'skip',
      /the pattern \.\* matches breakwater-outside-\w+\/canary and every other/,
    ],
    [
      'the pattern is beyond us',
      { version: 'v2.16.0', declared: { repositoryFilter: { pattern: '[a-c]*/**', kind: 'doublestar' } } },
      'skip',
      /the pattern \[a-c\]\*\/\*\* cannot be evaluated by this check/,
    ],
  ])('if %s', async (_where, options, status, words) => {
    expect(await play('S12', options)).toMatchObject({ status, message: expect.stringMatching(words) });
  });
});

describe('S14, the quota', () => {
  it('passes if the quota has free space, and the pulled image is stored', async () => {
    const result = await play('S14', { quotaBytes: 10 << 20 });
    expect(result).toMatchObject({
      status: 'pass',
      message: 'the quota has free space, and the pulled image is stored',
    });
    expect(shown(result, 'quota')).toBe('10 MiB');
  });

  it('fails if it is full: clients are served, and nothing is stored', async () => {
    stage = await openStage({ quotaBytes: 100 });
    const result = await stage.playImpatiently('S14');
    expect(result).toMatchObject({
      status: 'fail',
      message:
        'quota too small: 100 B of 100 B free, the largest image has 3.8 KiB; new images are served but not cached',
    });
    const served = result.requests.filter(({ method, url }) => method === 'GET' && url.includes('/blobs/'));
    expect(served.map(({ status }) => status)).toEqual(expect.arrayContaining([200]));
  });

  it('fails if there is room, and nothing is stored anyway', async () => {
    stage = await openStage({ quotaBytes: 10 << 20 });
    await configure(stage.sandbox, { read_only: true });
    expect(await stage.playImpatiently('S14')).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^the quota has free space, but sha256:\w+ was not stored$/),
    });
  });

  it('looks at the numbers alone if the upstream cannot be controlled', async () => {
    stage = await openStage({ quotaBytes: 10 << 20 });
    const [{ upstream: _none, ...project }] = stage.target.projects as [(typeof stage.target.projects)[0]];
    const target = { ...stage.target, projects: [project] };
    expect(await stage.play('S14', target)).toMatchObject({
      status: 'pass',
      message: expect.stringMatching(/^\S+ MiB of 10 MiB are free$/),
    });
  });

  it('is skipped if there is none', async () => {
    expect(await play('S14')).toMatchObject({ status: 'skip', message: 'the quota is unlimited' });
  });
});

describe('S15, what retention goes by', () => {
  const declared = { images: ['library/multi:1'], platforms: ['linux/amd64', 'linux/arm64'] };

  it.each<[string, StageOptions, string]>([
    ['an image', {}, 'pass'],
    ['an index', { declared }, 'pass'],
    ['an image of 2.14', { version: 'v2.14.4' }, 'pass'],
    ['an index of 2.14', { version: 'v2.14.4', declared }, 'known-deviation'],
  ])('%s', async (_what, options, status) => {
    const result = await play('S15', options);
    expect([result.status, result.message]).toEqual([status, expect.any(String)]);
    expect(shown(result, 'last pull of 1')).toMatch(status === 'pass' ? /^20\d\d-/ : /^never$/);
  });

  it.each<[string, object[], string, RegExp, string | undefined]>([
    ['what Harbor sets', [], 'pass', /retention keeps it$/, 'kept by nDaysSinceLastPull 7'],
    [
      'what keeps other tags',
      [{ template: 'always', tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: 'v*' }] }],
      'fail',
      /^retention would delete library\/single:1, although it was just pulled: no rule keeps it \(always\)$/,
      undefined,
    ],
    [
      'what counts',
      [{ template: 'latestPushedK', params: { latestPushedK: 2 } }],
      'pass',
      /its last pull is recorded$/,
      'depends on the other artifacts: latestPushedK 2',
    ],
  ])('rehearses the policy: %s', async (_what, rules, status, words, retention) => {
    stage = await openStage();
    if (rules.length > 0) await retain(stage.sandbox, rules);
    const result = await stage.play('S15');
    expect(result).toMatchObject({ status, message: expect.stringMatching(words) });
    expect(shown(result, 'retention')).toBe(retention);
  });

  it('is undetermined if Harbor cannot be asked any more once the image is stored', async () => {
    stage = await openStage();
    const front = await startFrontDouble(stage.sandbox.url, undefined, 'no artifacts once one is stored');
    try {
      expect(await stage.play('S15', { ...stage.target, harborUrl: front.url })).toMatchObject({
        status: 'error',
        message: expect.stringMatching(
          /^whether Harbor recorded the pull is not known: the artifact API returned 502 \[bw-/,
        ),
      });
    } finally {
      await front.close();
    }
  });

  it('is undetermined if this identity may not read it', async () => {
    const faults = ['403:path=/api/v2.0/projects/proxy/repositories/*'];
    const result = await play('S15', { faults });
    expect(result).toMatchObject({
      status: 'skip',
      message: expect.stringMatching(/^reading artifacts returned 403 \[bw-/),
    });
  });
});

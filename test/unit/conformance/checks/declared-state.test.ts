import type { CheckResult, ProjectTarget } from '../../../../src/conformance';
import { call } from '../../sandbox/api-client';
import { openStage, shown, type Stage, type StageOptions } from '../scenarios/stage';

let stage: Stage;
afterEach(() => stage.close());

async function play(options: StageOptions = {}, more: Partial<ProjectTarget> = {}): Promise<CheckResult> {
  stage = await openStage(options);
  return stage.play('X1', changed(more));
}

function changed(more: Partial<ProjectTarget>): Stage['target'] {
  return { ...stage.target, projects: [{ ...stage.target.projects[0]!, ...more }] };
}

it('passes if Harbor is as declared, and shows what it saw', async () => {
  stage = await openStage({ metadata: { prevent_vul: 'true', max_upstream_conn: '3' }, quotaBytes: 5 << 20 });
  const result = await stage.play(
    'X1',
    changed({
      preventVulnerable: true,
      maxUpstreamConnections: 3,
      quotaBytes: 5 << 20,
      origin: { url: stage.upstream.url },
    }),
  );
  expect(result).toMatchObject({ status: 'pass', message: 'as declared' });
  expect(shown(result, 'quota')).toBe('5 MiB');
  expect(shown(result, 'upstream in Harbor')).toBe('healthy');
  expect(shown(result, `${new URL(stage.upstream.url).host} from here`)).toBe('200');
});

it.each<[what: string, declared: Partial<ProjectTarget>, words: string]>([
  ['visibility', { public: false }, 'public is true, declared false'],
  ['prevent_vul', { preventVulnerable: true }, 'prevent_vul is not set, declared true'],
  ['a removed tag', { localOnNotFound: true }, 'proxy_cache_local_on_not_found is not set, declared true'],
  ['connections', { maxUpstreamConnections: 4 }, 'max_upstream_conn is not set, declared 4'],
  [
    'the filter',
    { repositoryFilter: { pattern: 'library/**', kind: 'doublestar' } },
    'proxy_cache_filter_pattern is not set, declared library/**',
  ],
  ['the quota', { quotaBytes: 1 << 30 }, 'storage_limit is 1 MiB, declared 1 GiB'],
])('fails for %s that is not the declared one', async (_what, declared, words) => {
  expect(await play({ declared, quotaBytes: 1 << 20 })).toMatchObject({ status: 'fail', message: words });
});

it('a setting that is declared off may also be unset', async () => {
  expect(await play({}, { preventVulnerable: false, localOnNotFound: false })).toMatchObject({ status: 'pass' });
});

it('fails for a missing project, and is skipped without the permission to know', async () => {
  expect(await play({}, { name: 'gone', images: [] })).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^Harbor has no project gone: .* returned 404/),
  });
  const { apiCredential: _none, ...anonymous } = changed({ name: 'gone' });
  expect(await stage.play('X1', anonymous)).toMatchObject({ status: 'skip' });
});

it('reports a login that the upstream refuses while Harbor considers it healthy', async () => {
  stage = await openStage();
  const origin = { url: stage.upstream.url };
  stage.upstream.setAuth('cache:right');
  const { host } = new URL(origin.url);
  const wrong = { username: 'cache', password: () => 'wrong' };
  expect(await stage.play('X1', changed({ origin: { ...origin, credential: wrong } }))).toMatchObject({
    status: 'fail',
    message: `${host} refuses the declared login (401)`,
  });
  expect(await stage.play('X1', changed({ origin }))).toMatchObject({
    status: 'fail',
    message: `${host} requires a login, but none is declared (401)`,
  });
  const right = { username: 'cache', password: () => 'right' };
  expect(await stage.play('X1', changed({ origin: { ...origin, credential: right } }))).toMatchObject({
    status: 'pass',
  });
});

it('reports an upstream that this machine cannot reach, without a verdict', async () => {
  const result = await play({}, { origin: { url: 'http://127.0.0.1:9' } });
  expect(result.status).toBe('pass');
  expect(shown(result, '127.0.0.1:9 from here')).toMatch(/ECONNREFUSED|refused/);
});

it('fails if Harbor reports the upstream as unhealthy', async () => {
  stage = await openStage();
  await stage.upstream.stop();
  const unhealthy = await untilUnhealthy();
  expect(unhealthy).toMatchObject({ status: 'fail', message: 'Harbor reports the upstream as unhealthy' });
}, 60_000);

/** Harbor looks by itself, every five minutes of its own time. */
async function untilUnhealthy(): Promise<CheckResult> {
  const { upstream: _none, ...project } = stage.target.projects[0]!;
  for (let attempt = 0; attempt < 200; attempt++) {
    const result = await stage.play('X1', { ...stage.target, projects: [project] });
    if (result.status !== 'pass') return result;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('still healthy');
}

describe('the pull robot', () => {
  const inDays = (days: number): number => Math.floor(Date.now() / 1000) + days * 24 * 3600 + 3600;

  async function withRobot(level: 'project' | 'system', expiresAt: number): Promise<CheckResult> {
    stage = await openStage();
    const access = [{ resource: 'repository', action: 'pull' }];
    const { body } = await call(stage.sandbox, 'POST robots', {
      name: 'puller',
      level,
      duration: -1,
      permissions: [{ kind: 'project', namespace: 'proxy', access }],
    });
    const { robots } = stage.sandbox.store;
    robots.update(body.id, { expiresAt });
    return stage.play('X1', changed({ pullCredential: { username: body.name, password: () => body.secret } }));
  }

  it.each<['project' | 'system', number, string, string]>([
    ['project', -1, 'pass', 'as declared'],
    ['system', inDays(31), 'pass', 'as declared'],
    ['project', inDays(30), 'pass', 'warning: robot$proxy+puller expires in 30 days, on DATE; as declared'],
    ['system', inDays(8), 'pass', 'warning: robot$puller expires in 8 days, on DATE; as declared'],
    ['project', inDays(7), 'fail', 'robot$proxy+puller expires in 7 days, on DATE'],
    ['system', inDays(-2), 'fail', 'robot$puller expired on DATE'],
  ])('of the %s, %d: %s, %s', async (level, expiresAt, status, message) => {
    const found = await withRobot(level, expiresAt);
    const told = found?.message.replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/, 'DATE');
    expect([found?.status, told]).toEqual([status, message]);
  });
});

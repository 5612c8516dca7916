import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';
import { eventually, pushImage } from '../push-image';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
});
afterAll(() => sandbox.close());

const selector = (decoration: string, pattern: string) => ({ kind: 'doublestar', decoration, pattern });
const rule = (changes: object = {}) => ({
  action: 'retain',
  template: 'always',
  tag_selectors: [selector('matches', 'release-*')],
  scope_selectors: { repository: [selector('repoMatches', '**')] },
  ...changes,
});
const policy = (ref: number, rules: object[], trigger: object = { kind: 'Schedule', settings: { cron: '' } }) => ({
  algorithm: 'or',
  scope: { level: 'project', ref },
  trigger,
  rules,
});

let number = 0;
async function withPolicy(rules: object[], tags: string[]): Promise<{ name: string; retention: string }> {
  const name = `ret-${number++}`;
  const project = await call(sandbox, 'POST projects', { project_name: name });
  for (const tag of tags) await pushImage(sandbox, `${name}/web`, tag);
  const { id } = await call(sandbox, 'POST retentions', policy(project.id, rules));
  return { name, retention: `retentions/${id}` };
}

interface Run {
  readonly execution: { readonly id: number; readonly status: string; readonly dry_run?: boolean };
  readonly tasks: readonly { id: number; repository: string; status: string; total: number; retained: number }[];
}

async function run(retention: string, dryRun: boolean): Promise<Run> {
  const { id } = await call(sandbox, `POST ${retention}/executions`, { dry_run: dryRun });
  const ask = async () => (await call(sandbox, `GET ${retention}/executions`)).body as Run['execution'][];
  const [execution] = await eventually(ask, ([first]) => first?.status !== 'Running');
  const { body } = await call(sandbox, `GET ${retention}/executions/${id}/tasks`);
  return { execution: execution!, tasks: body };
}

async function tagsOf(name: string): Promise<string[]> {
  const { body } = await call(sandbox, `GET projects/${name}/repositories/web/artifacts`);
  return (body as { tags: { name: string }[] }[]).flatMap(({ tags }) => tags.map((tag) => tag.name)).sort();
}

it('counts in a dry run, and deletes in a real one', async () => {
  const { name, retention } = await withPolicy([rule()], ['release-1', 'nightly', 'release-2']);
  const dry = await run(retention, true);
  expect(dry.execution).toMatchObject({ status: 'Success', dry_run: true });
  expect(dry.tasks).toEqual([expect.objectContaining({ repository: 'web', status: 'Success', total: 3, retained: 2 })]);
  expect(await tagsOf(name)).toHaveLength(3);
  const log = await call(sandbox, `GET ${retention}/executions/${dry.execution.id}/tasks/${dry.tasks[0]!.id}`);
  expect(log.headers.get('content-type')).toBe('text/plain');
  expect(log.body).toMatch(/Load 3 candidates from repository ret-\d+\/web/);
  expect((log.body as string).match(/\| (RETAIN|DEL) +\|/g)).toHaveLength(3);
  await run(retention, false);
  expect(await tagsOf(name)).toEqual(['release-1', 'release-2']);
  const { body: audited } = await call(sandbox, `GET projects/${name}/auditlog-exts?q=operation=delete`);
  expect(audited).toEqual([expect.objectContaining({ username: 'harbor-jobservice', resource_type: 'artifact' })]);
});

it('keeps immutable tags, and reports it', async () => {
  const { name, retention } = await withPolicy([rule()], ['release-1', 'golden', 'nightly']);
  await call(sandbox, `POST projects/${name}/immutabletagrules`, {
    ...rule({ tag_selectors: [selector('matches', 'golden')] }),
    action: 'immutable',
  });
  const { execution, tasks } = await run(retention, false);
  expect(tasks[0]).toMatchObject({ total: 3, retained: 2 });
  expect(await tagsOf(name)).toEqual(['golden', 'release-1']);
  const { body } = await call(sandbox, `GET ${retention}/executions/${execution.id}/tasks/${tasks[0]!.id}`);
  expect(body).toMatch(/\| IMMUTABLE \|/);
  expect(body).toMatch(/Immutable tag/);
});

it.each([
  ['no rule has a selector for tags', [rule({ tag_selectors: [] })], 'Success', 2],
  ['a pattern for tags is broken', [rule({ tag_selectors: [selector('matches', '[z-')] })], 'Error', 0],
  ['a template is unknown', [rule({ template: 'nonsense' })], 'Error', 0],
  ['a parameter is missing', [rule({ template: 'latestPulledN', params: {} })], 'Error', 0],
  ['a parameter is no number', [rule({ template: 'latestPushedK', params: { latestPushedK: '1' } })], 'Success', 2],
])('deletes nothing if %s', async (_why, rules, status, retained) => {
  const { name, retention } = await withPolicy(rules, ['release-1', 'release-2']);
  const { execution, tasks } = await run(retention, false);
  expect([execution.status, tasks[0]!.status, tasks[0]!.retained]).toEqual([status, status, retained]);
  expect(await tagsOf(name)).toHaveLength(2);
});

it('ends after its tasks, also on a machine that stood still meanwhile', async () => {
  const { retention } = await withPolicy([rule({ template: 'nonsense' })], ['release-1']);
  const { id } = await call(sandbox, `POST ${retention}/executions`, { dry_run: false });
  // Longer than the whole run: every timer has run out when the sandbox goes on.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
  const ask = async () => (await call(sandbox, `GET ${retention}/executions`)).body as Run['execution'][];
  const [execution] = await eventually(ask, ([first]) => first?.status !== 'Running');
  const { body: tasks } = await call(sandbox, `GET ${retention}/executions/${id}/tasks`);
  expect([execution!.status, (tasks as Run['tasks'])[0]!.status]).toEqual(['Error', 'Error']);
});

it.each([
  ['all rules are disabled', [rule({ disabled: true })], 'Success'],
  ['no repository matches', [rule({ scope_selectors: { repository: [selector('repoMatches', 'x')] } })], 'Success'],
  [
    'a pattern for repositories is broken',
    [rule({ scope_selectors: { repository: [selector('repoMatches', '{')] } })],
    'Error',
  ],
])('has no task if %s', async (_why, rules, status) => {
  const { retention } = await withPolicy(rules, ['release-1']);
  const { execution, tasks } = await run(retention, false);
  expect([execution.status, tasks]).toEqual([status, []]);
});

it('keeps the newest by push, with two rules side by side', async () => {
  const latest = rule({
    template: 'latestPushedK',
    params: { latestPushedK: 1 },
    tag_selectors: [selector('matches', 'n*')],
  });
  const { name, retention } = await withPolicy([rule(), latest], ['n1']);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await pushImage(sandbox, `${name}/web`, 'n2');
  await pushImage(sandbox, `${name}/web`, 'release-7');
  await run(retention, false);
  expect(await tagsOf(name)).toEqual(['n2', 'release-7']);
});

describe('a policy that changes its trigger', () => {
  const kinds = {
    none: { kind: 'Schedule', settings: {} },
    empty: { kind: 'Schedule', settings: { cron: '' } },
    daily: { kind: 'Schedule', settings: { cron: '0 0 4 * * *' } },
    event: { kind: 'Event', settings: { cron: '' } },
    other: { kind: 'Other', settings: { cron: '' } },
    number: { kind: 'Schedule', settings: { cron: 5 } },
  };
  it.each([
    ['empty', 'daily', 200, undefined],
    ['none', 'none', 200, undefined],
    ['none', 'daily', 500, undefined],
    ['daily', 'none', 500, undefined],
    ['none', 'event', 200, undefined],
    ['event', 'daily', 200, undefined],
    ['event', 'empty', 400, 'invalid cron : empty spec string'],
    ['event', 'event', 500, 'internal server error'],
    ['event', 'other', 200, undefined],
    ['empty', 'number', 500, undefined],
  ] as const)('from %s to %s: %i', async (before, after, status, message) => {
    const project = await call(sandbox, 'POST projects', { project_name: `trig-${number++}` });
    const { id } = await call(sandbox, 'POST retentions', policy(project.id, [rule()], kinds[before]));
    const answer = await call(sandbox, `PUT retentions/${id}`, policy(project.id, [rule()], kinds[after]));
    expect([answer.status, answer.message]).toEqual([status, message]);
    const { body } = await call(sandbox, `GET retentions/${id}`);
    expect(body.trigger).toMatchObject(status === 200 ? kinds[after] : kinds[before]);
  });
});

it('goes with its project', async () => {
  const { name, retention } = await withPolicy([rule()], []);
  await call(sandbox, `DELETE projects/${name}`);
  expect((await call(sandbox, `GET ${retention}`)).status).toBe(500);
});

it('leads from page to page by the total alone', async () => {
  const { retention } = await withPolicy([], []);
  for (let runs = 0; runs < 3; runs++) await call(sandbox, `POST ${retention}/executions`, {});
  const first = await call(sandbox, `GET ${retention}/executions?page_size=2`);
  expect([first.body.length, first.headers.get('x-total-count')]).toEqual([2, '3']);
  expect(first.headers.get('link')).toMatch(/page=1&page_size=2>; rel="next"/);
  expect((await call(sandbox, `GET ${retention}/executions`)).body).toHaveLength(3);
});

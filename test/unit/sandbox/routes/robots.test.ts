import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';

let sandbox: Sandbox;
let projectId: number;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  projectId = (await call(sandbox, 'POST projects', { project_name: 'team' })).id;
});
afterAll(() => sandbox.close());

const access = (...pairs: string[]) =>
  pairs.map((pair) => ({ resource: pair.split(':')[0], action: pair.split(':')[1] }));
const system = (...pairs: string[]) => ({ kind: 'system', namespace: '/', access: access(...pairs) });
const project = (namespace: string, ...pairs: string[]) => ({ kind: 'project', namespace, access: access(...pairs) });
const create = (more: object, as?: string) =>
  call(sandbox, 'POST robots', { name: 'r', level: 'system', duration: 30, ...more }, as ? { as } : {});

describe('POST /robots', () => {
  it.each([
    ['Upper', { name: 'Upper' }, 400, 'robot name is not in lower case or contains illegal characters'],
    ['no duration', { duration: 0 }, 400, /^bad request error duration input: 0/],
    ['an unknown level', { level: 'x' }, 400, 'bad request error level input: x'],
    ['no permission', { permissions: [] }, 400, 'bad request empty permission'],
    ['no access', { permissions: [project('*')] }, 400, 'bad request empty access'],
    ['what no robot may have', { permissions: [system('robot:update')] }, 400, 'bad request permission: robot:update'],
    ['configuration', { permissions: [system('configuration:read')] }, 400, /configuration:read$/],
    ['a project pair at system level', { permissions: [system('repository:pull')] }, 400, /repository:pull$/],
    ['an unknown project', { permissions: [project('nosuch', 'repository:pull')] }, 404, 'project nosuch not found'],
    [
      'two scopes',
      { level: 'project', permissions: [project('team', 'repository:pull'), system('quota:list')] },
      400,
      'bad request permission',
    ],
  ])('refuses %s', async (_what, more, status, message) => {
    const answer = await create({ permissions: [project('*', 'repository:pull')], ...more });
    expect(answer.status).toBe(status);
    if (typeof message === 'string') expect(answer.message).toBe(message);
    else expect(answer.message).toMatch(message);
  });

  it('names a project robot after its project, and returns the secret once', async () => {
    const answer = await create({ level: 'project', permissions: [project('team', 'repository:pull')] });
    expect(answer.body.name).toBe('robot$team+r');
    expect(answer.body.secret).toMatch(/^[A-Za-z0-9]{32}$/);
    expect((await call(sandbox, `GET robots/${answer.body.id}`)).body.secret).toBeUndefined();
    const again = await create({ level: 'project', permissions: [project('team', 'repository:pull')] });
    expect([again.status, again.message]).toEqual([409, `robot account ${projectId}:team+r already exists`]);
  });

  it('lets a robot create only robots with fewer permissions', async () => {
    const maker = await create({
      name: 'maker',
      permissions: [system('robot:create', 'quota:list'), project('*', 'repository:pull')],
    });
    const as = `${maker.body.name}:${maker.body.secret}`;
    const weaker = await create({ name: 'weaker', permissions: [project('team', 'repository:pull')] }, as);
    const stronger = await create({ name: 'stronger', permissions: [project('team', 'repository:push')] }, as);
    expect([weaker.status, stronger.status]).toEqual([201, 403]);
    expect((await call(sandbox, `GET robots/${weaker.body.id}`)).body).toMatchObject({
      creator_type: 'robot',
      creator_ref: maker.body.id,
    });
  });
});

describe('GET /robots', () => {
  it.each([
    ['GET robots', 200],
    ['GET robots?q=Level=system', 200],
    ['GET robots?q=Level=project', 400],
    ['GET robots?q=Level=project,ProjectID=x', 400],
    ['GET robots?q=Level=nonsense', 400],
  ])('%s: %i', async (line, status) => {
    expect((await call(sandbox, line)).status).toBe(status);
  });

  it('keeps system and project robots apart', async () => {
    const names = async (q: string) =>
      (await call(sandbox, `GET robots?q=${q}`)).body.map(({ name }: { name: string }) => name);
    expect(await names(`Level=project,ProjectID=${projectId}`)).toEqual(['robot$team+r']);
    expect(await names('Level=system')).not.toContain('robot$team+r');
  });
});

describe('a robot', () => {
  it('may do what its pairs say, wherever its scope reaches', async () => {
    const { body } = await create({
      name: 'reach',
      permissions: [system('registry:list'), project('team', 'project:read', 'member:list')],
    });
    const as = `${body.name}:${body.secret}`;
    const statusOf = async (line: string) => (await call(sandbox, line, undefined, { as })).status;
    expect(await statusOf('GET registries')).toBe(200);
    expect(await statusOf('GET registries/1')).toBe(403);
    expect(await statusOf('GET projects/team/members')).toBe(200);
    expect(await statusOf('GET projects/library/members')).toBe(403);
    expect((await call(sandbox, 'GET registries/1', undefined, { as })).message).toBe('robot$reach');
  });

  it('dies when disabled, when it expires and when its secret changes', async () => {
    const permissions = [system('registry:list')];
    const { body } = await create({ name: 'mortal', permissions });
    const statusWith = async (secret: string) =>
      (await call(sandbox, 'GET registries', undefined, { as: `${body.name}:${secret}` })).status;
    const full = { name: body.name, level: 'system', duration: 30, permissions };
    await call(sandbox, `PUT robots/${body.id}`, { ...full, disable: true });
    expect(await statusWith(body.secret)).toBe(401);
    await call(sandbox, `PUT robots/${body.id}`, { ...full, disable: false });
    expect(await statusWith(body.secret)).toBe(200);
    const fresh = (await call(sandbox, `PATCH robots/${body.id}`, {})).body.secret;
    expect([await statusWith(body.secret), await statusWith(fresh)]).toEqual([401, 200]);
    sandbox.store.robots.update(body.id, { expiresAt: 1 });
    expect(await statusWith(fresh)).toBe(401);
  });

  it('has the current prefix', async () => {
    await call(sandbox, 'PUT configurations', { robot_name_prefix: 'bot-' });
    const [robot] = (await call(sandbox, 'GET robots?q=name=reach')).body;
    await call(sandbox, 'PUT configurations', { robot_name_prefix: 'robot$' });
    expect(robot.name).toBe('bot-reach');
  });
});

import { ApplyError, SecretError } from '../../src/errors';
import type { ProjectWire, RobotWire } from '../../src/harbor/wire';
import { robot, type RobotSpec } from '../../src/kinds/robot';
import type { Live } from '../../src/kinds/kind';
import { compare, writeOnlyFields } from '../../src/plan/diff';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refuse = async (file: string, of: string): Promise<void> => {
  throw new ApplyError(`${file} of ${of} is taken`, file);
};

const refs = tableRefs();
/** As recorded: the full name, permissions in Harbor's own order, no secret. */
const gitops: RobotWire = {
  id: 2,
  name: 'robot$gitops',
  level: 'system',
  duration: 90,
  disable: false,
  editable: true,
  expires_at: 1_900_000_000,
  permissions: [
    { kind: 'project', namespace: '*', access: [{ resource: 'repository', action: 'pull' }] },
    {
      kind: 'system',
      namespace: '/',
      access: [
        { resource: 'registry', action: 'read' },
        { resource: 'registry', action: 'list' },
      ],
    },
  ],
};
const puller: RobotWire = {
  ...gitops,
  id: 3,
  name: 'robot$proxy.docker.io+puller',
  level: 'project',
  permissions: [
    { kind: 'project', namespace: 'proxy.docker.io', access: [{ resource: 'repository', action: 'pull' }] },
  ],
};
const project: ProjectWire = { project_id: 7, name: 'proxy.docker.io', repo_count: 0, metadata: {} };

const [ofSystem, ofProject] = robot.placements;
const declaredGitops = ofSystem!.toSpec(
  {
    duration: 90,
    secret: { env: 'GITOPS_ROBOT' },
    system: [
      { resource: 'registry', action: 'list' },
      { resource: 'registry', action: 'read' },
    ],
    projects: { '*': [{ resource: 'repository', action: 'pull' }] },
  },
  ['gitops'],
);
const declaredPuller = ofProject!.toSpec(
  {
    duration: 90,
    access: [{ resource: 'repository', action: 'pull' }],
    secret_to: { file: 'secrets/puller.json', as: 'dockerconfigjson' },
  },
  ['proxy.docker.io', 'puller'],
);

function liveOf(wire: RobotWire, short_name: string): Live<RobotSpec> {
  return robot.fromWire({ ...wire, short_name }, refs);
}

describe('names', () => {
  it.each([
    [declaredGitops, 'gitops'],
    [declaredPuller, 'proxy.docker.io+puller'],
  ])('a declared robot is %#', (spec, identity) => {
    expect(robot.identity(spec)).toBe(identity);
  });

  it('lists the system and the projects that declare robots, by their declared names', async () => {
    const answers = { 'GET /robots': [gitops], 'GET /robots?q=Level=project,ProjectID=7': [puller] };
    await withDouble({ answers }, async ({ read, queries }) => {
      const wires = { project: [project, { ...project, project_id: 8, name: 'other' }] };
      const listed = await robot.list(read(['proxy.docker.io'], wires));
      expect(listed.map(({ short_name }) => short_name)).toEqual(['gitops', 'puller']);
      const filters = queries().map((query) => new URLSearchParams(query).get('q'));
      expect(filters.sort()).toEqual(['Level=project,ProjectID=7', null]);
    });
  });

  it.each([
    ['the usual prefix', ['robot$gitops', 'robot$ci.pull'], undefined, ['gitops', 'ci.pull']],
    ['one that only the configuration tells', ['bot-gitops'], 'bot-', ['gitops']],
    ['one that ends in what a name cannot hold', ['ci@gitops'], undefined, ['gitops']],
    ['none', ['gitops'], '', ['gitops']],
  ])('finds names behind %s', async (_what, full, prefix, expected) => {
    const answers = {
      'GET /robots': full.map((name, id) => ({ ...gitops, id, name })),
      'GET /configurations':
        prefix === undefined
          ? { status: 403, message: 'forbidden' }
          : { robot_name_prefix: { value: prefix, editable: true } },
    };
    await withDouble({ answers }, async ({ read }) => {
      expect((await robot.list(read([]))).map(({ short_name }) => short_name)).toEqual(expected);
    });
  });

  it.each([
    ['gitops', 2],
    ['proxy.docker.io+puller', 3],
    ['nobody', undefined],
    ['gone+puller', undefined],
  ])('reads %s alone', async (identity, id) => {
    const list = identity.includes('+') ? [puller] : [gitops];
    await withDouble(
      { answers: { 'GET /robots': list, 'GET /projects/proxy.docker.io': project } },
      async ({ context }) => {
        expect((await robot.read(context, identity))?.id).toBe(id);
      },
    );
  });
});

describe('comparing', () => {
  it('does not see the order of permissions', () => {
    expect(compare(robot.normalise(declaredGitops), liveOf(gitops, 'gitops').spec, robot)).toEqual([]);
    expect(compare(robot.normalise(declaredPuller), liveOf(puller, 'puller').spec, robot)).toEqual([]);
  });

  it('detects an undeclared permission, also for an undeclared project', () => {
    const more = [
      ...gitops.permissions!,
      { kind: 'project', namespace: 'library', access: [{ resource: 'tag', action: 'list' }] },
    ];
    const live = liveOf({ ...gitops, permissions: more }, 'gitops');
    expect(compare(robot.normalise(declaredGitops), live.spec, robot)).toMatchObject([{ before: ['tag:list'] }]);
  });

  it('shows an effect that denies', () => {
    const access = [{ resource: 'repository', action: 'pull', effect: 'deny' }];
    const live = liveOf({ ...puller, permissions: [{ ...puller.permissions![0]!, access }] }, 'puller');
    expect(live.spec.access).toEqual(['repository:pull:deny']);
  });

  it('never compares a secret, and writes a generated one only on creation and rotation', () => {
    const changed = [{ path: 'duration', after: 5 }];
    expect(writeOnlyFields(declaredGitops, changed, robot, { proof: { outcome: 'same' } })).toEqual([]);
    expect(writeOnlyFields(declaredPuller, changed, robot, {})).toEqual([]);
    expect(writeOnlyFields(declaredGitops, [], robot, 'rotate')).toHaveLength(1);
    expect(writeOnlyFields(declaredPuller, [], robot, 'create')).toMatchObject([{ path: 'secret_to' }]);
  });

  it('has an expiry date and a full name', () => {
    expect(liveOf(gitops, 'gitops').facts).toEqual({
      full_name: 'robot$gitops',
      editable: true,
      expires_at: 1_900_000_000,
    });
    expect(robot.show!('duration', -1)).toBe('never expires');
    expect(robot.show!('duration', 90)).toBe('90 days from creation');
  });
});

describe('creating', () => {
  const made = { id: 9, name: 'robot$gitops', secret: 'Generated1' };

  it('sets the declared secret right after creation, and never shows the generated one', async () => {
    const options = { answers: { 'POST /robots': made }, secrets: { GITOPS_ROBOT: 'Declared1' } };
    await withDouble(options, async ({ context, written, delivered }) => {
      expect(await robot.create(context, declaredGitops, new Map())).toEqual({ id: 9 });
      expect(written()).toEqual([
        {
          call: 'POST /robots',
          by: 'user',
          body: {
            name: 'gitops',
            level: 'system',
            duration: 90,
            permissions: [
              {
                kind: 'system',
                namespace: '/',
                access: [
                  { resource: 'registry', action: 'list' },
                  { resource: 'registry', action: 'read' },
                ],
              },
              { kind: 'project', namespace: '*', access: [{ resource: 'repository', action: 'pull' }] },
            ],
          },
        },
        { call: 'PATCH /robots/9', by: 'user', body: { secret: 'Declared1' } },
      ]);
      expect(delivered).toEqual([]);
    });
  });

  it('delivers the generated secret once, under the full name', async () => {
    const answers = { 'POST /robots': { ...made, name: 'robot$proxy.docker.io+puller' } };
    await withDouble({ answers }, async ({ context, written, delivered }) => {
      await robot.create(context, declaredPuller, new Map());
      expect(written().map(({ call, by }) => `${call} ${by}`)).toEqual(['POST /robots robot']);
      expect(delivered).toEqual([
        {
          robot: 'proxy.docker.io+puller',
          file: 'secrets/puller.json',
          as: 'dockerconfigjson',
          name: 'puller',
          username: 'robot$proxy.docker.io+puller',
          secret: 'Generated1',
        },
      ]);
    });
  });

  it('creates no robot whose secret could not be stored', async () => {
    await withDouble({ checkDelivery: refuse }, async ({ context, written }) => {
      const error = await robot.create(context, declaredPuller, new Map()).catch((thrown: unknown) => thrown);
      expect(String(error)).toContain('secrets/puller.json of proxy.docker.io+puller is taken');
      expect(written()).toEqual([]);
    });
  });

  // POST ignores `disable`.
  it('disables afterwards', async () => {
    await withDouble({ answers: { 'POST /robots': made } }, async ({ context, written }) => {
      await robot.create(context, { ...declaredPuller, disable: true }, new Map());
      expect(written().at(-1)).toMatchObject({
        call: 'PUT /robots/9',
        by: 'user',
        body: { disable: true, name: 'robot$gitops' },
      });
    });
  });

  it.each(['Short1', 'nouppercase1', 'NOLOWERCASE1', 'NoDigitAtAll', `Aa1${'x'.repeat(126)}`])(
    'refuses a secret that Harbor would refuse, before anything is made, without showing it',
    async (secret) => {
      await withDouble({ secrets: { GITOPS_ROBOT: secret } }, async ({ context, calls }) => {
        const creating = robot.create(context, declaredGitops, new Map());
        await expect(creating).rejects.toThrow(ApplyError);
        await expect(creating).rejects.toThrow(/robot\/gitops: the secret from env GITOPS_ROBOT does not meet/);
        await expect(creating).rejects.not.toThrow(secret);
        expect(calls()).toEqual([]);
      });
    },
  );

  it.each<[string, RobotSpec, Record<string, unknown>]>([
    ['whose secret could not be set', declaredGitops, { 'PATCH /robots/9': { status: 403, message: 'no' } }],
    ['whose secret could not be delivered', declaredPuller, {}],
  ])('leaves no robot behind %s', async (_what, spec, answers) => {
    const deliver = async (): Promise<void> => {
      throw new SecretError('the disk is full', 'SECRET_UNREADABLE');
    };
    await withDouble({ answers: { 'POST /robots': made, ...answers }, deliver }, async ({ context, written }) => {
      await expect(robot.create(context, spec, new Map())).rejects.toThrow(/no|the disk is full/);
      expect(written().at(-1)?.call).toBe('DELETE /robots/9');
    });
  });

  it('reports it if it had to leave one behind', async () => {
    const answers = {
      'POST /robots': made,
      'PATCH /robots/9': { status: 403, message: 'no' },
      'DELETE /robots/9': { status: 403, message: 'no' },
    };
    await withDouble({ answers }, async ({ context }) => {
      await expect(robot.create(context, declaredGitops, new Map())).rejects.toThrow(/delete it in Harbor/);
    });
  });
});

describe('updating', () => {
  const live = liveOf(gitops, 'gitops');

  it('sends the whole robot under its full name, as a user: a robot may not', async () => {
    await withDouble({}, async ({ context, written }) => {
      await robot.update(context, { live, merged: { ...live.spec, duration: 30 }, changed: ['duration'] });
      expect(written()).toEqual([
        {
          call: 'PUT /robots/2',
          by: 'user',
          body: {
            name: 'robot$gitops',
            level: 'system',
            description: '',
            duration: 30,
            disable: false,
            permissions: expect.arrayContaining([
              { kind: 'project', namespace: '*', access: [{ resource: 'repository', action: 'pull' }] },
            ]),
          },
        },
      ]);
    });
  });

  it('replaces no secret whose successor could not be stored', async () => {
    const merged: RobotSpec = { ...live.spec, secret_to: { file: 'x', as: 'plain' }, description: 'other' };
    await withDouble({ checkDelivery: refuse }, async ({ context, written }) => {
      const updated = robot.update(context, { live, merged, changed: ['description', 'secret_to'] });
      await expect(updated).rejects.toThrow('x of gitops is taken');
      expect(written()).toEqual([]);
    });
  });

  it.each<[keyof RobotSpec, RobotSpec, string, string[]]>([
    ['secret', { ...live.spec, secret: { env: 'GITOPS_ROBOT' } }, 'Declared1', []],
    ['secret_to', { ...live.spec, secret_to: { file: 'x', as: 'plain' } }, '', ['Renewed1']],
  ])('rotates %s alone', async (field, merged, sent, told) => {
    const options = { answers: { 'PATCH /robots/2': { secret: 'Renewed1' } }, secrets: { GITOPS_ROBOT: 'Declared1' } };
    await withDouble(options, async ({ context, written, delivered }) => {
      await robot.update(context, { live, merged, changed: [field] });
      expect(written()).toEqual([{ call: 'PATCH /robots/2', by: 'user', body: { secret: sent } }]);
      expect(delivered.map(({ secret }) => secret)).toEqual(told);
    });
  });
});

it('refers to its project, or to the projects it may use', () => {
  expect(robot.references(declaredPuller)).toEqual([
    { kind: 'project', identity: 'proxy.docker.io', field: '', owner: true },
  ]);
  expect(robot.references({ ...declaredGitops, projects: { '*': [], library: [] } })).toEqual([
    { kind: 'project', identity: 'library', field: 'projects.library', mayBeUndeclared: true },
  ]);
});

describe('check', () => {
  const check = (spec: RobotSpec) => robot.check!(spec, { declared: () => undefined });

  it.each<[string, Partial<RobotSpec>, object]>([
    ['two secrets', { secret_to: { file: 'x', as: 'plain' } }, { rule: 'robot-secret', field: 'secret_to' }],
    ['a duration of 0', { duration: 0 }, { rule: 'robot-duration', field: 'duration' }],
    ['a name', { name: 'CI' }, { rule: 'robot-name' }],
    [
      'no permissions',
      { system: [], projects: {} },
      { rule: 'robot-permission', message: expect.stringContaining('without permissions') },
    ],
    ['a project without any', { projects: { library: [] } }, { rule: 'robot-permission' }],
    [
      'robot:update',
      { system: ['robot:update'] },
      { field: 'system[0]', hint: 'robot has create, read, list, delete' },
    ],
    ['a misspelt resource', { system: ['registri:list'] }, { hint: 'did you mean "registry"?' }],
    [
      'a misspelt action',
      { projects: { library: ['repository:pul'] } },
      { field: 'projects.library[0]', hint: 'did you mean "pull"?' },
    ],
    ['the wrong level', { system: ['repository:pull'] }, { hint: 'it is a permission of project level' }],
    ['configuration', { system: ['configuration:read'] }, { hint: expect.stringContaining('resources are audit-log') }],
  ])('finds %s', (_what, spec, finding) => {
    expect(check({ ...declaredGitops, ...spec })).toEqual([expect.objectContaining(finding)]);
  });

  it('reports that the generated secret would be lost', () => {
    const { secret: _secret, ...mute } = declaredGitops;
    expect(check(mute)).toMatchObject([{ rule: 'robot-secret', hint: expect.stringContaining('secret_to') }]);
  });

  it.each([[declaredGitops], [declaredPuller]])('accepts the examples', (spec) => {
    expect(check(spec)).toEqual([]);
  });
});

describe('hazards', () => {
  const live = liveOf(gitops, 'gitops');
  const context = {
    live,
    changed: [],
    current: [],
    planned: [],
    assumed: [],
    others: () => undefined,
    identity: { robot: { name: 'robot$gitops' } },
  };

  it.each<['delete' | 'replace' | 'update', Partial<RobotSpec> | undefined, string[]]>([
    ['delete', undefined, ['own-robot']],
    ['replace', {}, ['own-robot']],
    ['update', { disable: true }, ['own-robot']],
    ['update', { duration: 5 }, ['own-robot']],
    ['update', { duration: live.spec.duration! + 5 }, []],
    ['update', { duration: -1 }, []],
    ['update', { system: [] }, ['own-robot']],
    ['update', { system: [...live.spec.system!, 'quota:list'] }, []],
    ['update', { description: 'another' }, []],
  ])('%s of the robot of this run, with %j', (action, desired, rules) => {
    const wanted = desired ? { desired: { ...live.spec, ...desired } } : {};
    const found = robot.hazards!({ ...context, action, ...wanted });
    expect(found.map(({ rule, enforcement }) => [rule, enforcement])).toEqual(
      rules.map((rule) => [rule, 'hard-mandatory']),
    );
  });

  it('allows to delete another one', () => {
    expect(robot.hazards!({ ...context, action: 'delete', identity: { robot: { name: 'robot$other' } } })).toEqual([]);
  });

  it('ignores robots that Harbor created itself', () => {
    const own = liveOf({ ...gitops, editable: false }, 'gitops');
    const found = robot.hazards!({ ...context, live: own, identity: {}, action: 'update', desired: own.spec });
    expect(found).toMatchObject([{ rule: 'not-editable', enforcement: 'hard-mandatory' }]);
    expect([own.builtIn, live.builtIn]).toEqual([true, false]);
  });
});

it.each([
  [30, 30 * 86_400],
  [-1, undefined],
])('a robot with %i days counts from its own creation', (duration, lifeS) => {
  const spec = { name: 'r', duration };
  expect(robot.ends!({ identity: 'r', spec, facts: { expires_at: 1_800_000_000 } })?.lifeS).toBe(lifeS);
});

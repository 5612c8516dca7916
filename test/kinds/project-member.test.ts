import type { ProjectWire } from '../../src/harbor/wire';
import { projectMember, type ProjectMemberSpec, type MemberWire } from '../../src/kinds/project-member';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
const project: ProjectWire = { project_id: 8, name: 'team-a', owner_name: 'admin', repo_count: 0, metadata: {} };
const admin: MemberWire = {
  id: 1,
  project_id: 8,
  entity_id: 1,
  entity_name: 'admin',
  entity_type: 'u',
  role_id: 1,
  role_name: 'projectAdmin',
};
const platform: MemberWire = {
  id: 2,
  project_id: 8,
  entity_id: 31,
  entity_name: 'platform',
  entity_type: 'g',
  role_id: 4,
  role_name: 'maintainer',
};
const alice: MemberWire = { id: 3, project_id: 8, entity_id: 3, entity_name: 'alice', entity_type: 'u', role_id: 1 };

describe('reading', () => {
  it('reads only existing projects that declare members', async () => {
    const answers = { 'GET /projects/team-a/members': [admin, platform] };
    await withDouble({ answers }, async ({ read, calls }) => {
      const wires = { project: [project, { ...project, project_id: 9, name: 'other' }] };
      const members = await projectMember.list(read(['team-a', 'not-made-yet'], wires));
      expect(members.map((wire) => projectMember.fromWire(wire, refs).identity)).toEqual([
        'team-a/user:admin',
        'team-a/group:platform',
      ]);
      expect(calls()).toEqual(['GET /projects/team-a/members']);
    });
  });

  it('does not even ask for the projects if no members are declared', async () => {
    await withDouble({}, async ({ read, calls }) => {
      expect(await projectMember.list(read([]))).toEqual([]);
      expect(calls()).toEqual([]);
    });
  });

  it.each([
    ['the creator', { ...admin, project_owner: 'admin' }, true],
    ['a group of the same name', { ...admin, entity_type: 'g', project_owner: 'admin' }, false],
    ['another user', { ...alice, project_owner: 'admin' }, false],
  ])('%s: made by Harbor itself?', (_who, wire, builtIn) => {
    expect(projectMember.fromWire(wire, refs).builtIn).toBe(builtIn);
  });

  it('shows a role that Harbor should not have accepted', () => {
    expect(projectMember.fromWire({ ...alice, role_id: 9 }, refs).spec.role).toBe('unknown (9)');
  });

  it.each([
    ['team-a/group:platform', 2],
    ['team-a/user:platform', undefined],
    ['gone/user:admin', undefined],
  ])('reads %s alone', async (identity, id) => {
    const answers = { 'GET /projects/team-a': project, 'GET /projects/team-a/members': [admin, platform] };
    await withDouble({ answers }, async ({ context }) => {
      expect((await projectMember.read(context, identity))?.id).toBe(id);
    });
  });
});

describe('writing', () => {
  it.each<[ProjectMemberSpec, object]>([
    // Never by name: Harbor would ask the identity provider for a group that it does not know, or make one.
    [
      { project: 'team-a', group: 'platform', role: 'maintainer' },
      { role_id: 4, member_group: { id: 31 } },
    ],
    [
      { project: 'team-a', user: 'alice', role: 'limitedGuest' },
      { role_id: 5, member_user: { username: 'alice' } },
    ],
  ])('adds %j', async (spec, body) => {
    await withDouble({}, async ({ context, written }) => {
      expect(await projectMember.create(context, spec, new Map())).toEqual({ id: 77 });
      expect(written()).toEqual([{ call: 'POST /projects/team-a/members', body, by: 'robot' }]);
    });
  });

  it('changes a role in place, and removes', async () => {
    const live = projectMember.fromWire(platform, refs);
    await withDouble({}, async ({ context, written }) => {
      await projectMember.update(context, { live, merged: { ...live.spec, role: 'developer' }, changed: ['role'] });
      await projectMember.remove(context, live);
      expect(written()).toEqual([
        { call: 'PUT /projects/team-a/members/2', body: { role_id: 2 }, by: 'robot' },
        { call: 'DELETE /projects/team-a/members/2', body: undefined, by: 'robot' },
      ]);
    });
  });
});

it('refers to its project, in which it lives, and to its group', () => {
  expect(projectMember.references({ project: 'team-a', group: 'platform', role: 'guest' })).toEqual([
    { kind: 'project', identity: 'team-a', field: '', owner: true },
    { kind: 'user-group', identity: 'platform', field: 'group' },
  ]);
  expect(projectMember.references({ project: 'team-a', user: 'alice', role: 'guest' })).toEqual([
    { kind: 'project', identity: 'team-a', field: '', owner: true },
    { kind: 'user', identity: 'alice', field: 'user', mayBeUndeclared: 'usually' },
  ]);
});

it.each([
  [{}, ['member-who']],
  [{ user: 'a', group: 'b' }, ['member-who']],
  [{ user: 'a' }, []],
])('%j: %j', (who, rules) => {
  const found = projectMember.check!({ project: 'team-a', role: 'guest', ...who }, { declared: () => undefined });
  expect(found.map(({ rule }) => rule)).toEqual(rules);
});

describe('hazards', () => {
  const aliceLive = projectMember.fromWire(alice, refs);
  const context = {
    changed: [],
    identity: {},
    live: aliceLive,
    current: [],
    assumed: [],
    others: () => undefined,
  };
  const other: ProjectMemberSpec = { project: 'team-a', user: 'bob', role: 'projectAdmin' };

  it.each<[string, ProjectMemberSpec | undefined, ProjectMemberSpec[], string[]]>([
    ['deleting the last admin', undefined, [], ['last-project-admin']],
    ['deleting one of two', undefined, [other], []],
    ['an admin elsewhere does not count', undefined, [{ ...other, project: 'library' }], ['last-project-admin']],
    ['making the last admin a guest', { ...aliceLive.spec, role: 'guest' }, [], ['last-project-admin']],
    ['leaving the last admin one', aliceLive.spec, [], []],
  ])('%s', (_what, desired, planned, rules) => {
    const action = desired ? 'update' : 'delete';
    const found = projectMember.hazards!({ ...context, action, planned, ...(desired ? { desired } : {}) });
    expect(found.map(({ rule }) => rule)).toEqual(rules);
    expect(found.every(({ enforcement }) => enforcement === 'hard-mandatory')).toBe(true);
  });

  it("never deletes the membership of the project's creator", () => {
    const live = projectMember.fromWire({ ...admin, project_owner: 'admin' }, refs);
    const found = projectMember.hazards!({ ...context, live, action: 'delete', planned: [other] });
    expect(found).toMatchObject([{ rule: 'project-creator', enforcement: 'hard-mandatory' }]);
  });
});

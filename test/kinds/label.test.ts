import type { ProjectWire } from '../../src/harbor/wire';
import { label, type LabelSpec, type LabelWire } from '../../src/kinds/label';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
const everywhere: LabelWire = { id: 4, name: 'stable', scope: 'g' };
const ofTeam: LabelWire = { id: 5, name: 'stable', color: '#ff8400', scope: 'p', project_id: 8 };
const team: ProjectWire = { project_id: 8, name: 'team-a', repo_count: 0, metadata: {} };

describe('names', () => {
  it.each<[LabelSpec, string]>([
    [{ name: 'stable' }, 'stable'],
    [{ name: 'stable', project: 'team-a' }, 'team-a/stable'],
    [{ name: 'team-a/stable' }, 'team-a%2Fstable'],
    [{ name: 'team-a%2Fstable' }, 'team-a%252Fstable'],
    [{ name: 'a/b', project: 'team-a' }, 'team-a/a/b'],
  ])('%j is %s', (spec, identity) => {
    expect(label.identity(spec)).toBe(identity);
  });

  it.each([
    ['stable', 4],
    ['team-a/stable', 5],
    ['unstable', undefined],
    ['gone/stable', undefined],
  ])('reads %s alone', async (identity, id) => {
    const list = identity.includes('/') ? [ofTeam] : [everywhere];
    const answers = { 'GET /labels': list, 'GET /projects/team-a': team };
    await withDouble({ answers }, async ({ context }) => {
      expect((await label.read(context, identity))?.id).toBe(id);
    });
  });
});

it('asks once for those of all projects, and once for each project that declares some', async () => {
  await withDouble({ answers: { 'GET /labels': [everywhere] } }, async ({ read, queries }) => {
    await label.list(read(['team-a'], { project: [team, { ...team, project_id: 9, name: 'other' }] }));
    const asked = queries().map((query) => new URLSearchParams(query));
    expect(
      asked.map((query) => `${query.get('scope')} ${query.get('project_id')} ${query.get('sort')}`).sort(),
    ).toEqual(['g null id', 'p 8 id']);
  });
});

it('reads colors in one spelling, and what Harbor leaves out as empty', () => {
  expect(label.fromWire(ofTeam, refs).spec).toEqual({
    name: 'stable',
    project: 'team-a',
    description: '',
    color: '#FF8400',
  });
  expect(label.fromWire({ ...ofTeam, project_id: 99 }, refs).spec.project).toBe('(id 99)');
});

it('sends the scope on creation, and all three fields on a change', async () => {
  await withDouble({}, async ({ context, written }) => {
    expect(await label.create(context, { name: 'stable', color: '#0065ab' }, new Map())).toEqual({ id: 77 });
    await label.create(context, { name: 'stable', project: 'team-a' }, new Map());
    const live = label.fromWire(ofTeam, refs);
    const merged = { ...live.spec, description: 'released' };
    await label.update(context, { live, merged, changed: ['description'] });
    await label.remove(context, live);
    expect(written().map(({ call, body }) => [call, body])).toEqual([
      ['POST /labels', { name: 'stable', color: '#0065AB', scope: 'g' }],
      ['POST /labels', { name: 'stable', scope: 'p', project_id: 8 }],
      ['PUT /labels/5', { name: 'stable', description: 'released', color: '#FF8400' }],
      ['DELETE /labels/5', undefined],
    ]);
  });
});

it.each<[LabelSpec, string[]]>([
  [{ name: 'a' }, []],
  [{ name: 'a', color: '#0065ab' }, []],
  [{ name: 'ü'.repeat(64), color: '' }, []],
  [{ name: 'ü'.repeat(65) }, ['label-name']],
  [{ name: '' }, ['label-name']],
  [{ name: 'a', color: 'teal' }, ['label-color']],
])('check of %j: %j', (spec, rules) => {
  expect(label.check!(spec, { declared: () => undefined }).map(({ rule }) => rule)).toEqual(rules);
});

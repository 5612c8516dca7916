import type { ProjectWire } from '../../src/harbor/wire';
import {
  immutableTagRule,
  type ImmutableTagRuleSpec,
  type OwnedRuleWire,
  type ImmutableTagRuleWire,
} from '../../src/kinds/immutable-tag-rule';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
const RULES = '/projects/team-a/immutabletagrules';
const team: ProjectWire = { project_id: 8, name: 'team-a', repo_count: 0, metadata: {} };
/** As recorded. */
const stored: ImmutableTagRuleWire = {
  id: 3,
  action: 'immutable',
  template: 'immutable_template',
  tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: 'v*' }],
  scope_selectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }] },
};
const owned = (wire: Partial<ImmutableTagRuleWire> = {}): OwnedRuleWire => ({ ...stored, ...wire, project: 'team-a' });

describe('the identity of a rule', () => {
  it.each<[Omit<ImmutableTagRuleSpec, 'project'>, string]>([
    [{ tags: 'v*' }, 'team-a/v*@**'],
    [{ tags: 'v*', repositories: '**', disabled: true }, 'team-a/v*@**'],
    [{}, 'team-a/**@**'],
    [{ tags_exclude: 'dev-*', repositories_exclude: 'x/**' }, 'team-a/!dev-*@!x/**'],
    [{ tags: '!v', repositories: 'a@b%' }, 'team-a/%21v@a%40b%25'],
  ])('%j is %s, whether it is disabled or not', (content, identity) => {
    expect(immutableTagRule.identity({ project: 'team-a', ...content })).toBe(identity);
  });

  it('uses the first selector of each type, as Harbor does', () => {
    const more = [...stored.tag_selectors!, { kind: 'doublestar', decoration: 'excludes', pattern: 'v0' }];
    expect(immutableTagRule.fromWire(owned({ tag_selectors: more }), refs).identity).toBe('team-a/v*@**');
  });

  it.each([
    ['tags', { tag_selectors: null }, 'team-a/(none)@**'],
    ['repositories', { scope_selectors: {} }, 'team-a/v*@(none)'],
  ])('is never taken for one of all %s if it has no selector', (_what, wire, identity) => {
    expect(immutableTagRule.fromWire(owned(wire), refs).identity).toBe(identity);
  });
});

describe('reading', () => {
  it('asks once for each project that declares rules, and distinguishes similar ones', async () => {
    const answers = { [`GET ${RULES}`]: [stored, { ...stored, id: 4, disabled: true }] };
    await withDouble({ answers }, async ({ read, calls }) => {
      const wires = { project: [team, { ...team, project_id: 9, name: 'other' }] };
      const found = (await immutableTagRule.list(read(['team-a'], wires))).map((w) =>
        immutableTagRule.fromWire(w, refs),
      );
      expect(found.map(({ identity }) => identity)).toEqual(['team-a/v*@**', 'team-a/v*@** (2)']);
      expect(found.map(({ spec }) => spec.disabled)).toEqual([false, true]);
      expect(calls()).toEqual([`GET ${RULES}`]);
      const [place] = immutableTagRule.placements;
      const context = { secret: () => ({ env: 'X' }), facts: {} };
      expect(place!.fromSpec(found[0]!.spec, context)?.value).toEqual({
        tags: 'v*',
        repositories: '**',
        disabled: false,
      });
      expect(place!.fromSpec(found[1]!.spec, context)).toBeUndefined();
    });
  });

  it.each([
    ['team-a/v*@**', 3],
    ['team-a/v1@**', undefined],
    ['gone/v*@**', undefined],
  ])('reads %s alone', async (identity, id) => {
    const answers = { 'GET /projects/team-a': team, [`GET ${RULES}`]: [stored] };
    await withDouble({ answers }, async ({ context }) => {
      expect((await immutableTagRule.read(context, identity))?.id).toBe(id);
    });
  });
});

describe('writing', () => {
  const { id: _id, ...content } = stored;
  const body = { ...content, disabled: false };
  const disabled = { project: 'team-a', tags: 'v*', disabled: true };

  it('creates an enabled rule in one request', async () => {
    await withDouble({}, async ({ context, written }) => {
      expect(await immutableTagRule.create(context, { project: 'team-a', tags: 'v*' }, new Map())).toEqual({ id: 77 });
      expect(written()).toEqual([{ call: `POST ${RULES}`, body, by: 'robot' }]);
    });
  });

  // POST ignores `disabled` (docs/harbor-behavior.md 9.1).
  it('disables right after', async () => {
    await withDouble({}, async ({ context, written }) => {
      await immutableTagRule.create(context, disabled, new Map());
      expect(written().map(({ call }) => call)).toEqual([`POST ${RULES}`, `PUT ${RULES}/77`]);
      expect(written()[1]?.body).toEqual({ ...body, disabled: true, id: 77 });
    });
  });

  it('leaves no rule enabled that should be disabled', async () => {
    const answers = { [`PUT ${RULES}/77`]: { status: 400, message: 'forbidden' } };
    await withDouble({ answers }, async ({ context, written }) => {
      await expect(immutableTagRule.create(context, disabled, new Map())).rejects.toThrow('forbidden');
      expect(written().map(({ call }) => call)).toEqual([`POST ${RULES}`, `PUT ${RULES}/77`, `DELETE ${RULES}/77`]);
    });
  });

  it('changes whether it is disabled, and deletes', async () => {
    await withDouble({}, async ({ context, written }) => {
      const live = immutableTagRule.fromWire(owned(), refs);
      await immutableTagRule.update(context, { live, merged: { ...live.spec, disabled: true }, changed: ['disabled'] });
      await immutableTagRule.remove(context, live);
      expect(written().map((one) => [one.call, one.body?.['id'], one.body?.['disabled']])).toEqual([
        [`PUT ${RULES}/3`, 3, true],
        [`DELETE ${RULES}/3`, undefined, undefined],
      ]);
    });
  });
});

it.each<[Omit<ImmutableTagRuleSpec, 'project'>, string[]]>([
  [{}, []],
  [{ tags: 'v*', repositories_exclude: 'x/**' }, []],
  [{ tags: 'v*', tags_exclude: 'v0' }, ['tags_exclude']],
  [{ repositories: 'a', repositories_exclude: 'b' }, ['repositories_exclude']],
])('check of %j: %j', (content, fields) => {
  const found = immutableTagRule.check!({ project: 'team-a', ...content }, { declared: () => undefined });
  expect(found.map(({ field }) => field)).toEqual(fields);
});

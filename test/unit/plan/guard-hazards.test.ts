import { guard, type GuardInput } from '../../../src/plan/guard';
import type { Mode, Plan } from '../../../src/plan/plan';
import { declare, live, plan, type Specs } from '../../support/declare';
import { box, inventedKinds } from '../../support/invented-kinds';
import type { AnyKind, Hazard, HazardContext } from '../../../src/kinds/kind';

const at = { file: 'policies/a.yaml', line: 4, column: 3 };
const rules = ({ refusals }: Pick<Plan, 'refusals'>): string[] =>
  refusals.map(({ rule, address }) => (address ? `${rule} ${address}` : rule));

/** The box kind with a hazard of its own, and what it was asked with. */
function withHazard(enforcement: Hazard['enforcement']): { kinds: readonly AnyKind[]; asked: HazardContext<object>[] } {
  const asked: HazardContext<object>[] = [];
  const risky = {
    ...box,
    hazards: (context: HazardContext<object>) => {
      asked.push(context);
      return [{ rule: 'risky', message: 'it is risky', enforcement, hint: 'be careful' }];
    },
  } as unknown as AnyKind;
  return { kinds: inventedKinds.map((kind) => (kind.name === 'box' ? risky : kind)), asked };
}

describe('a hazard of a kind', () => {
  const specs: Specs = { box: [{ name: 'x', open: true }] };
  const found: Specs = { box: [{ name: 'x', open: false }] };

  it.each<[Hazard['enforcement'], readonly string[], string[], string[]]>([
    ['advisory', [], [], ['box/x: it is risky; be careful']],
    ['advisory', ['box/x'], [], ['box/x: it is risky; be careful']],
    ['soft-mandatory', [], ['risky box/x'], []],
    ['soft-mandatory', ['box/*'], ['risky box/x'], []],
    ['soft-mandatory', ['box/x'], [], []],
    ['hard-mandatory', [], ['risky box/x'], []],
    ['hard-mandatory', ['box/x'], ['risky box/x'], []],
  ])('%s, with --target %j: refused by %j, noted as %j', (enforcement, targets, refused, noted) => {
    const { kinds } = withHazard(enforcement);
    const made = plan(declare(specs), found, { kinds, targets });
    const notes = made.warnings.filter(({ level }) => level === 'info');
    expect(rules(made).filter((rule) => rule.startsWith('risky'))).toEqual(refused);
    expect(notes.map(({ address, message }) => `${address}: ${message}`)).toEqual(noted);
  });

  it('explains how to accept it only if that is possible', () => {
    const hints = (['soft-mandatory', 'hard-mandatory'] as const).map((enforcement) => {
      const { kinds } = withHazard(enforcement);
      return plan(declare(specs), found, { kinds }).refusals[0]?.hint;
    });
    expect(hints).toEqual(['be careful; to proceed anyway, pass --target box/x', 'be careful']);
  });

  it('gets the current object, the planned one, and all others of its kind', () => {
    const { kinds, asked } = withHazard('advisory');
    const others = { box: [{ name: 'x', open: false, tags: ['t'] }, { name: 'other' }] };
    plan(declare(specs), others, { kinds });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      action: 'update',
      desired: { name: 'x', open: true },
      changed: ['open'],
      current: [{ name: 'other' }, { name: 'x', open: false, tags: ['t'] }],
      harborVersion: 'v2.15.2',
    });
    expect([...(asked[0]?.planned ?? [])]).toEqual([{ name: 'other' }, { name: 'x', open: true, tags: ['t'] }]);
    expect(asked[0]?.live?.spec).toEqual({ name: 'x', open: false, tags: ['t'] });
  });

  it('of a new object gets no live one, of a deleted one no desired one', () => {
    const { kinds, asked } = withHazard('advisory');
    const declaration = declare({ box: [{ name: 'new' }] }, { prune: ['box'] });
    plan(declaration, { box: [{ name: 'old' }] }, { kinds, mode: 'sync' });
    const shown = asked.map(({ action, live: now, desired, planned }) => [action, now !== undefined, desired, planned]);
    expect(shown).toEqual([
      ['create', false, { name: 'new' }, [{ name: 'new' }]],
      ['delete', true, undefined, [{ name: 'new' }]],
    ]);
  });
});

describe('an external object', () => {
  const missing = [{ address: 'shelf/out', at }];
  const guarded = (unreadable: readonly { address: string; reason: string }[]): string[] => {
    const world = { ranks: new Map(), declared: new Map(), found: new Map(), renames: new Map(), missing };
    const input = { world, changes: [], declaration: declare({ box: [{ name: 'x' }] }), targets: [], unreadable };
    return rules(guard({ ...input, mode: 'upsert-only', current: live({}) } as unknown as GuardInput));
  };

  it.each([
    ['that Harbor does not have is refused', [], ['external-missing shelf/out']],
    ['that Harbor has, but that cannot be understood, is not', [{ address: 'shelf/out', reason: 'r' }], []],
    [
      'is refused although another one cannot be understood',
      [{ address: 'shelf/b', reason: 'r' }],
      ['external-missing shelf/out'],
    ],
  ])('%s', (_case, unreadable, expected) => expect(guarded(unreadable)).toEqual(expected));
});

describe('an empty declaration', () => {
  const found: Specs = { shelf: [{ name: 's' }] };
  const base: ReadonlyMap<string, object> = new Map([['shelf/s', {}]]);

  it.each<[string, Mode, readonly string[], object, string[]]>([
    ['in mode sync, with prune', 'sync', ['shelf'], {}, ['empty-declaration']],
    ['in mode sync, without prune', 'sync', [], {}, []],
    ['in another mode', 'upsert-only', ['shelf'], {}, []],
    [
      'with --prune removed, and something was removed',
      'upsert-only',
      [],
      { base, prune: 'removed' },
      ['empty-declaration'],
    ],
    ['with --prune removed, and nothing was', 'upsert-only', [], { base: new Map(), prune: 'removed' }, []],
  ])('%s', (_case, mode, prune, options, expected) => {
    expect(rules(plan(declare({}, { prune }), found, { mode, ...options }))).toEqual(expected);
  });
});

describe('how many objects one run may delete', () => {
  const boxes = (count: number, prefix: string): { name: string }[] =>
    Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}` }));

  it.each<[string, number, number, string[]]>([
    ['three of three', 0, 3, []],
    ['four of four', 0, 4, ['too-many-deletes']],
    ['three of a thousand', 997, 3, []],
    ['a tenth of a thousand', 900, 100, []],
    ['one more than a tenth', 899, 101, ['too-many-deletes']],
    ['a tenth of 39, rounded down', 35, 4, ['too-many-deletes']],
    ['a tenth of 40', 36, 4, []],
  ])('%s', (_case, kept, lost, expected) => {
    const declaration = declare({ shelf: [{ name: 'a' }], box: boxes(kept, 'kept-') }, { prune: ['box'] });
    const found = { shelf: [{ name: 'a' }], box: [...boxes(kept, 'kept-'), ...boxes(lost, 'lost-')] };
    expect(rules(plan(declaration, found, { mode: 'sync' }))).toEqual(expected);
  });

  it('counts each kind separately, and replaced objects like deleted ones', () => {
    const declaration = declare(
      { shelf: [{ name: 'a' }], box: boxes(3, 'moved-').map((one) => ({ ...one, shelf: 'a' })) },
      { prune: ['box', 'shelf'] },
    );
    const found = { shelf: [{ name: 'a' }, ...boxes(3, 'gone-')], box: [...boxes(3, 'moved-'), { name: 'gone' }] };
    expect(rules(plan(declaration, found, { mode: 'sync' }))).toEqual(['too-many-deletes']);
    const few = { ...found, box: boxes(3, 'moved-') };
    expect(rules(plan(declaration, few, { mode: 'sync' }))).toEqual([]);
  });
});

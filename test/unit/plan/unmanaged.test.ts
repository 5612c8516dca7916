import type { Declaration } from '../../../src/declaration/declaration';
import { matchesAddress } from '../../../src/plan/address-pattern';
import type { Plan } from '../../../src/plan/plan';
import { renderText } from '../../../src/plan/render/text';
import { checkWritten } from '../../../src/plan/targets';
import { inventedKinds } from '../../support/invented-kinds';
import { declare, live, plan } from '../../support/declare';

const at = { file: 'policies/a.yaml', line: 7, column: 3 };
const base = (...addresses: string[]): ReadonlyMap<string, object> => new Map(addresses.map((one) => [one, {}]));
const deletes = ({ changes }: Plan): string[] =>
  changes.filter(({ action }) => action === 'delete').map(({ address }) => address);

function accepting(declaration: Declaration, ...objects: string[]): Declaration {
  return { ...declaration, unmanaged: objects.map((object) => ({ object, reason: 'a good reason', at })) };
}

describe('what is not declared', () => {
  const declaration = declare({ shelf: [{ name: 'ours' }] }, { prune: ['box'] });
  const found = { shelf: [{ name: 'ours' }, { name: 'theirs' }], box: [{ name: 'stray' }] };

  it('is listed by kind and address, with a note about prune', () => {
    expect(plan(declaration, found).unmanaged).toEqual([
      { kind: 'box', address: 'box/stray', pruned: true },
      { kind: 'shelf', address: 'shelf/theirs' },
    ]);
  });

  it('is listed also for kinds without declared objects', () => {
    const beyond = new Map([['label', live({ label: [{ box: 'x', name: 'l' }] }).get('label') ?? []]]);
    const made = plan(declaration, found, { beyond, unseen: [{ kind: 'limit', reason: 'no permission' }] });
    expect(made.unmanaged.map(({ address }) => address)).toContain('label/x/l');
    expect(renderText(made)).toContain('Not completely searched for undeclared objects: limit (no permission)');
  });

  it('is accepted by address or pattern, is then never deleted, and an idle entry is a warning', () => {
    const made = plan(accepting(declaration, 'box/st*', 'shelf/nobody'), found, { mode: 'sync' });
    expect(deletes(made)).toEqual([]);
    expect(made.summary).toMatchObject({ unmanaged: 1, accepted: 1 });
    expect(made.warnings.map(({ message }) => message)).toEqual([
      'unmanaged entry shelf/nobody (policies/a.yaml:7) matches no undeclared object in Harbor: remove it',
    ]);
  });

  it('is not called idle if its kind was not looked at', () => {
    const made = plan(accepting(declaration, 'robot/nobody-looked'), found);
    expect(made.warnings).toEqual([]);
  });
});

describe('--prune removed', () => {
  const declaration = declare({ shelf: [{ name: 'ours' }], box: [{ name: 'b', shelf: 'used' }] });
  const found = {
    shelf: [{ name: 'ours' }, { name: 'gone' }, { name: 'never-declared' }, { name: 'used' }],
    box: [{ name: 'b', shelf: 'used' }],
  };

  it('deletes exactly what left the files, in any mode but create-only', () => {
    const options = { base: base('shelf/ours', 'shelf/gone'), prune: 'removed' } as const;
    for (const mode of ['upsert-only', 'sync'] as const)
      expect(deletes(plan(declaration, found, { ...options, mode }))).toEqual(['shelf/gone']);
    expect(plan(declaration, found, options).refusals).toEqual([]);
  });

  it('keeps what a declared object refers to, and reports it', () => {
    const made = plan(declaration, found, { base: base('shelf/used'), prune: 'removed' });
    expect(deletes(made)).toEqual([]);
    expect(made.unmanaged).toContainEqual({ kind: 'shelf', address: 'shelf/used', removed: true, inUse: true });
  });

  it('is under the guard: not too many at once, and never everything', () => {
    const many = Array.from({ length: 5 }, (_, i) => ({ name: `s${i}` }));
    const options = { base: base(...many.map(({ name }) => `shelf/${name}`)), prune: 'removed' } as const;
    const rules = (declared: Declaration): string[] =>
      plan(declared, { shelf: many }, options).refusals.map(({ rule }) => rule);
    expect(rules(declare({ box: [{ name: 'b' }] }))).toEqual(['too-many-deletes']);
    expect(rules(declare({}))).toEqual(['empty-declaration', 'too-many-deletes']);
  });

  it('without it, what left the files is only shown', () => {
    const made = plan(declaration, found, { base: base('shelf/gone') });
    expect(deletes(made)).toEqual([]);
    expect(renderText(made)).toContain(
      'Removed from the files, still in Harbor: 1 object\n  shelf/gone (--prune removed deletes it)',
    );
  });

  it('does not take a renamed object for a removed one', () => {
    const renamed = declare({ shelf: [{ name: 'new' }] });
    const objects = renamed.objects.map((object) => ({ ...object, renamedFrom: 'old' }));
    const options = { base: base('shelf/old'), prune: 'removed' } as const;
    expect(deletes(plan({ ...renamed, objects }, { shelf: [{ name: 'old' }] }, options))).toEqual([]);
  });
});

describe('matchesAddress', () => {
  it.each([
    ['project/a', 'project/a', true],
    ['project/*', 'project/a/b', true],
    ['*/ci-*', 'robot/ci-1', true],
    ['project/a*a', 'project/a', false],
    ['project/**', 'project/x', true],
    ['rule/x/**', 'rule/x/**', true],
    ['project/a', 'project/ab', false],
    ['project/*b', 'project/ab-c', false],
  ])('%s against %s: %s', (pattern, address, expected) => {
    expect(matchesAddress(pattern, address)).toBe(expected);
  });
});

describe('addresses on the command line, before Harbor is asked', () => {
  const { objects } = declare({ shelf: [{ name: 'a', login: { secret: { env: 'S' } } }, { name: 'b' }] });
  const check = (written: object): (() => void) => {
    const none = { targets: [], rotate: [], mayDelete: false };
    return () => checkWritten({ ...none, ...written }, objects, inventedKinds);
  };

  it.each([
    [{ targets: ['a'] }, /--target a: no such object is declared \(did you mean "shelf\/a"\?\)/],
    [{ targets: ['shelf/x*'] }, /--target shelf\/x\*: no declared object matches/],
    [{ targets: ['shelve/a'], mayDelete: true }, /did you mean "shel/],
    [{ targets: ['a*'] }, /--target a\*: no declared object matches \(did you mean "shelf\/a\*"\?\)/],
    [{ rotate: ['shelf/b'] }, /--rotate shelf\/b: it declares no secret/],
    [{ rotate: ['shelf/b*'] }, /none of these objects declares a secret/],
  ])('%j is refused', (written, message) => {
    expect(check(written)).toThrow(message);
  });

  it.each([{ targets: ['shelf/*'] }, { targets: ['shelf/unknown'], mayDelete: true }, { rotate: ['shelf/*'] }])(
    '%j is valid',
    (written) => {
      expect(check(written)).not.toThrow();
    },
  );
});

import type { Declaration } from '../../../src/declaration/declaration';
import type { AnyKind } from '../../../src/kinds/kind';
import { buildWorld } from '../../../src/plan/build-world';
import type { World } from '../../../src/plan/world';
import { declare, live, type Specs } from '../../support/declare';
import { inventedKinds, tidy } from '../../support/invented-kinds';

const at = { file: 'policies/test.yaml', line: 1, column: 1 };
const worldOf = (specs: Specs, found: Specs, more: Partial<Declaration> = {}): World =>
  buildWorld({ ...declare(specs), ...more }, live(found), inventedKinds);

describe('the world of a plan', () => {
  const specs: Specs = {
    label: [
      { box: 'y', name: 'b' },
      { box: 'x', name: 'a' },
    ],
    box: [{ name: 'y' }, { name: 'x', shelf: 's' }],
    shelf: [{ name: 's' }],
  };

  it('lists declared and live objects by rank, then by address', () => {
    const { declared, found } = worldOf(specs, specs);
    const expected = ['shelf/s', 'box/x', 'box/y', 'label/x/a', 'label/y/b'];
    expect([...declared.keys()]).toEqual(expected);
    expect([...found.keys()]).toEqual(expected);
  });

  it.each([
    ['an object on another one: a reference', 'box/x', ['shelf/s'], undefined],
    ['an object inside another one: also its owner', 'label/x/a', ['box/x'], 'box/x'],
    ['an object that needs nothing', 'shelf/s', [], undefined],
  ])('knows the links of %s', (_case, address, references, owner) => {
    const { declared, found } = worldOf(specs, specs);
    for (const object of [declared.get(address), found.get(address)]) {
      expect(object?.references.map(({ kind, identity }) => `${kind}/${identity}`)).toEqual(references);
      expect(object?.owner).toBe(owner);
    }
  });

  it('considers as the owner also the object that Harbor creates it with', () => {
    const unmarked = { ...tidy, references: () => [{ kind: 'box', identity: 'x', field: '' }] } as unknown as AnyKind;
    const kinds = inventedKinds.map((kind) => (kind.name === 'tidy' ? unmarked : kind));
    const world = buildWorld(declare({ tidy: [{ box: 'x', days: 7 }] }, { kinds }), new Map(), kinds);
    expect(world.declared.get('tidy/x')?.owner).toBe('box/x');
  });

  it('compares specs in their normal form', () => {
    const { found } = worldOf({}, { box: [{ name: 'x', tags: ['b', 'a'] }] });
    expect(found.get('box/x')?.live.spec).toEqual({ name: 'x', tags: ['a', 'b'] });
  });

  it('has no live objects of a kind that was not read', () => {
    expect(buildWorld(declare({ shelf: [{ name: 's' }] }), new Map(), inventedKinds).found.size).toBe(0);
  });

  it('refuses an object of a kind that does not exist', () => {
    const declaration = declare({ shelf: [{ name: 's' }] });
    expect(() => buildWorld(declaration, new Map(), [])).toThrow('shelf/s: there is no kind shelf');
  });
});

describe('objects that are managed elsewhere', () => {
  const external = (...names: string[]) =>
    names.map((name) => ({ kind: 'shelf', identity: name, address: `shelf/${name}`, at }));

  it.each<[string, string[], string[], string[], string[]]>([
    ['exist: neither compared nor missing', ['theirs'], ['ours', 'theirs'], ['shelf/ours'], []],
    ['do not exist: missing', ['theirs'], ['ours'], ['shelf/ours'], ['shelf/theirs']],
    ['exist in part', ['a', 'b'], ['a'], [], ['shelf/b']],
    ['none', [], ['ours'], ['shelf/ours'], []],
  ])('%s', (_case, names, found, expected, missing) => {
    const world = worldOf({}, { shelf: found.map((name) => ({ name })) }, { external: external(...names) as never });
    expect([...world.found.keys()]).toEqual(expected);
    expect(world.missing.map(({ address }) => address)).toEqual(missing);
  });
});

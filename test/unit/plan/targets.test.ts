import { DeclarationError } from '../../../src/errors';
import type { Plan } from '../../../src/plan/plan';
import { checkWritten, chosenAddresses } from '../../../src/plan/targets';
import type { World } from '../../../src/plan/world';
import { declare, plan } from '../../support/declare';
import { inventedKinds } from '../../support/invented-kinds';

const secret = { env: 'S' };
const declaration = declare({
  shelf: [{ name: 'a', login: { user: 'u', secret } }, { name: 'b' }],
  box: [
    { name: 'x', shelf: 'a' },
    { name: 'y', shelf: 'b' },
  ],
  label: [{ box: 'x', name: 'l' }],
});
const brief = ({ changes }: Plan): string[] => changes.map(({ address }) => address);

describe('what a target includes', () => {
  it.each([
    [[], ['shelf/a', 'shelf/b', 'box/x', 'box/y', 'label/x/l']],
    [['shelf/b'], ['shelf/b']],
    [['box/y'], ['shelf/b', 'box/y']],
    [['label/x/l'], ['shelf/a', 'box/x', 'label/x/l']],
    [['box/*'], ['shelf/a', 'shelf/b', 'box/x', 'box/y']],
    [
      ['shelf/b', 'label/*'],
      ['shelf/a', 'shelf/b', 'box/x', 'label/x/l'],
    ],
  ])('%j: %j', (targets, expected) => {
    expect(brief(plan(declaration, {}, { targets })).sort()).toEqual([...expected].sort());
  });

  it('what has to be recreated, because its owner is replaced', () => {
    const found = {
      shelf: [{ name: 'a', login: { user: 'u' } }, { name: 'b' }],
      box: [{ name: 'x' }, { name: 'y', shelf: 'b' }],
      label: [{ box: 'x', name: 'l' }],
    };
    expect(brief(plan(declaration, found, { targets: ['box/x'] }))).toEqual(['box/x', 'label/x/l']);
  });
});

describe('addresses on the command line', () => {
  const messages = (targets: string[], rotate: string[], mayDelete = false): string[] => {
    try {
      checkWritten({ targets, rotate, mayDelete }, declaration.objects, inventedKinds);
      return [];
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      return error.diagnostics.map(({ message, hint }) => (hint === undefined ? message : `${message} | ${hint}`));
    }
  };

  it.each<[string, string[], string[], boolean, RegExp | undefined]>([
    ['one that is declared', ['box/x'], [], false, undefined],
    ['a pattern that matches', ['box/*'], ['shelf/*'], false, undefined],
    ['one that may be deleted', ['box/gone'], [], true, undefined],
    ['a typing error', ['box/xx'], [], false, /--target box\/xx: no such object is declared \| did you mean "box\//],
    ['a name without its kind', ['x'], [], false, /did you mean "box\/x"/],
    ['no kind of that name', ['bax/x'], [], true, /did you mean "box\/…"/],
    ['a pattern that matches nothing', ['tidy/*'], [], false, /no declared object matches/],
    ['to rotate what has no secret', [], ['shelf/b'], false, /--rotate shelf\/b: it declares no secret/],
    ['to rotate a pattern without secrets', [], ['box/*'], false, /none of these objects declares a secret/],
    ['to rotate what is not there', [], ['shelf/c'], false, /--rotate shelf\/c: no such object is declared/],
  ])('%s', (_case, targets, rotate, mayDelete, expected) => {
    const found = messages(targets, rotate, mayDelete);
    expect(found).toEqual(expected ? [expect.stringMatching(expected)] : []);
  });

  it('are all reported at once', () => {
    expect(messages(['box/1', 'nothing'], ['shelf/9'])).toHaveLength(3);
  });
});

describe('addresses on the command line, when Harbor was read', () => {
  const found = { shelf: [{ name: 'stray' }], box: [{ name: 'x', shelf: 'a' }] };
  /** The findings, and what the error says as a whole. */
  const refusal = (targets: string[], rotate: string[] = []): DeclarationError => {
    try {
      plan(declaration, found, { targets, rotate });
    } catch (error) {
      if (error instanceof DeclarationError) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  it.each<[string, string[], string[], string]>([
    [
      'an address that is neither declared nor in Harbor',
      ['box/xy'],
      [],
      '--target box/xy: no such object is declared or exists in Harbor (did you mean "box/x"?)',
    ],
    [
      'a pattern that matches nothing',
      ['tidy/*'],
      [],
      '--target tidy/*: no declared object matches, and none in Harbor',
    ],
    [
      'an undeclared object to rotate',
      [],
      ['shelf/stray'],
      '--rotate shelf/stray: no such object is declared or exists in Harbor',
    ],
    [
      'several, in one message',
      ['label/x/k'],
      ['box/x'],
      '--target label/x/k: no such object is declared or exists in Harbor (did you mean "label/x/l"?); ' +
        '--rotate box/x: it declares no secret',
    ],
  ])('refuses %s', (_case, targets, rotate, message) => {
    expect(refusal(targets, rotate).message).toBe(message);
  });

  it('the message contains every finding, so that they are not printed twice', () => {
    expect(refusal(['nothing/here']).isTold).toBe(true);
  });

  it.each([
    ['by its address', ['shelf/stray'], ['delete shelf/stray']],
    ['by a pattern, with all that it matches', ['shelf/*'], ['create shelf/a', 'create shelf/b', 'delete shelf/stray']],
    ['not by another one', ['shelf/b'], ['create shelf/b']],
  ])('chooses an undeclared object %s', (_case, targets, expected) => {
    const pruned = { ...declaration, prune: ['shelf'] };
    const { changes } = plan(pruned, found, { targets, mode: 'sync' });
    expect(changes.map(({ action, address }) => `${action} ${address}`).sort()).toEqual(expected);
  });
});

describe('an address that contains a star', () => {
  const world = (...addresses: string[]): World =>
    ({ declared: new Map(addresses.map((one) => [one, {}])), found: new Map() }) as unknown as World;

  it.each([
    ['is meant itself, where an object has this name', ['box/a*', 'box/ab'], ['box/a*'], ['box/a*']],
    ['is a pattern otherwise', ['box/ab', 'box/ac', 'shelf/a'], ['box/a*'], ['box/ab', 'box/ac']],
    ['names each object once', ['box/ab', 'box/ac'], ['box/ab', 'box/*'], ['box/ab', 'box/ac']],
    ['may match nothing', ['box/ab'], ['shelf/*'], []],
  ])('%s', (_case, known, written, expected) => {
    expect(chosenAddresses(world(...known), written)).toEqual(expected);
  });
});

describe('the hint for an address that names nothing', () => {
  const many = declare({
    shelf: [{ name: 'a', login: { user: 'u', secret } }],
    box: [{ name: 'a', login: { user: 'u', secret } }, { name: 'b' }],
    limit: [
      { box: 'a', bytes: 1 },
      { box: 'b', bytes: 1 },
    ],
    tidy: [
      { box: 'a', days: 1 },
      { box: 'b', days: 1 },
    ],
  });
  const hints = (given: { targets?: string[]; rotate?: string[]; mayDelete?: boolean }): (string | undefined)[] => {
    try {
      checkWritten({ targets: [], rotate: [], mayDelete: false, ...given }, many.objects, inventedKinds);
      return [];
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      return error.diagnostics.map(({ hint }) => hint);
    }
  };

  it.each<[string, Parameters<typeof hints>[0], string | undefined]>([
    ['one object of this name', { targets: ['limit'] }, 'write KIND/NAME, such as project/proxy.docker.io'],
    ['two objects of this name', { targets: ['b'] }, 'did you mean "box/b", "limit/b" or "tidy/b"?'],
    ['four of them: three are enough', { targets: ['a'] }, 'did you mean "box/a", "limit/a" or "shelf/a"?'],
    ['a secret: only objects that have one', { rotate: ['a'] }, 'did you mean "shelf/a"?'],
    ['a pattern without its kind', { targets: ['a*'] }, 'did you mean "box/a*", "limit/a*" or "shelf/a*"?'],
    [
      'a pattern without its kind that matches nothing',
      { targets: ['zz*'] },
      'write KIND/NAME, such as project/proxy.docker.io',
    ],
    [
      'a name alone is not an address, also in a run that may delete',
      { targets: ['box'], mayDelete: true },
      'write KIND/NAME, such as project/proxy.docker.io',
    ],
    ['a kind that does not exist', { targets: ['carton/a'] }, 'there is no kind "carton"'],
    ['a kind that is misspelt', { targets: ['lable/a/l'] }, 'did you mean "label/…"?'],
    ['a known kind and an unlike name', { targets: ['box/entirely-different'] }, undefined],
    ['a pattern of kinds', { targets: ['carto*/a'] }, undefined],
  ])('%s', (_case, given, hint) => {
    expect(hints(given)).toEqual([hint]);
  });

  it('a kind without secrets cannot be rotated, although its fields look like those of another', () => {
    expect(() =>
      checkWritten({ targets: [], rotate: ['box/a'], mayDelete: false }, many.objects, inventedKinds),
    ).toThrow('--rotate box/a: it declares no secret');
  });
});

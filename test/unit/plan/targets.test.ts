import { DeclarationError } from '../../../src/errors';
import type { Plan } from '../../../src/plan/plan';
import { checkWritten } from '../../../src/plan/targets';
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

describe('what a target takes along', () => {
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

import { declare, plan } from '../../support/declare';

const brief = (changes: readonly { action: string; address: string }[]): string[] =>
  changes.map(({ action, address }) => `${action} ${address}`);

describe('makePlan', () => {
  it('is empty where Harbor is as declared, whatever else it holds', () => {
    const declaration = declare({ shelf: [{ name: 'a', url: 'u' }], box: [{ name: 'x', shelf: 'a', open: true }] });
    const found = {
      shelf: [
        { name: 'a', url: 'u', marks: { colour: 'red' } },
        { name: 'b', url: 'v' },
      ],
      box: [{ name: 'x', shelf: 'a', open: true, tags: ['t'] }],
    };
    const { changes, summary } = plan(declaration, found);
    expect(changes).toEqual([]);
    expect(summary).toEqual({ create: 0, update: 0, replace: 0, delete: 0, unchanged: 2, left: 0, unmanaged: 1 });
  });

  it('creates what is missing, dependencies first, and lets the limit travel with its box', () => {
    const declaration = declare({
      label: [{ box: 'x', name: 'l' }],
      limit: [{ box: 'x', bytes: 5 }],
      box: [{ name: 'x', shelf: 'z' }],
      shelf: [{ name: 'z' }],
    });
    const { changes } = plan(declaration);
    expect(brief(changes)).toEqual(['create shelf/z', 'create box/x', 'create label/x/l', 'create limit/x']);
    expect(changes.map(({ after }) => after)).toEqual([[], ['shelf/z'], ['box/x'], ['box/x']]);
    expect(changes.map(({ carriedBy }) => carriedBy)).toEqual([undefined, undefined, undefined, 'box/x']);
  });

  it.each([
    ['equal to what comes silently', { name: 'x', shelf: 's' }, 7, []],
    ['different from what comes silently', { name: 'x', shelf: 's' }, 30, ['update tidy/x']],
    ['where nothing comes silently', { name: 'x' }, 7, ['create tidy/x']],
  ])('plans a rule on a new box, %s', (_case, box, days, expected) => {
    const declaration = declare({ box: [box], tidy: [{ box: 'x', days }] });
    const { changes } = plan(declaration, { shelf: [{ name: 's' }] });
    expect(brief(changes).slice(1)).toEqual(expected);
  });
});

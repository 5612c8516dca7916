import { declare, plan, type Specs } from '../../support/declare';

const shelves = (count: number): { name: string }[] => Array.from({ length: count }, (_, i) => ({ name: `s${i}` }));
const rules = (made: ReturnType<typeof plan>): string[] =>
  made.refusals.map(({ rule, address }) => (address ? `${rule} ${address}` : rule));

describe('guard', () => {
  it.each<[string, Specs, Specs, Parameters<typeof plan>[2], string[]]>([
    [
      'an empty declaration in mode sync with prune',
      {},
      { shelf: [{ name: 's' }] },
      { mode: 'sync' },
      ['empty-declaration'],
    ],
    ['an empty declaration otherwise: nothing to refuse', {}, { shelf: [{ name: 's' }] }, {}, []],
    [
      'three deletes: few enough',
      { shelf: [{ name: 'kept' }] },
      { shelf: [{ name: 'kept' }, ...shelves(3)] },
      { mode: 'sync' },
      [],
    ],
    [
      'four deletes of five',
      { shelf: [{ name: 'kept' }] },
      { shelf: [{ name: 'kept' }, ...shelves(4)] },
      { mode: 'sync' },
      ['too-many-deletes'],
    ],
    ['a tenth of fifty: few enough', { shelf: shelves(50).slice(5) }, { shelf: shelves(50) }, { mode: 'sync' }, []],
    ['six of fifty', { shelf: shelves(50).slice(6) }, { shelf: shelves(50) }, { mode: 'sync' }, ['too-many-deletes']],
    [
      'four deletes that were all named',
      { shelf: [{ name: 'kept' }] },
      { shelf: [{ name: 'kept' }, ...shelves(4)] },
      { mode: 'sync', targets: ['shelf/s0', 'shelf/s1', 'shelf/s2', 'shelf/s3'] },
      [],
    ],
    [
      'a replace outside mode sync',
      { shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] },
      { shelf: [{ name: 'a' }, { name: 'b' }], box: [{ name: 'x', shelf: 'b' }] },
      {},
      ['replace-needs-sync box/x'],
    ],
    [
      'a replace in mode sync',
      { shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] },
      { shelf: [{ name: 'a' }], box: [{ name: 'x' }] },
      { mode: 'sync' },
      [],
    ],
    [
      'what the kind calls a hazard',
      { shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] },
      { shelf: [{ name: 'a' }], box: [{ name: 'x', facts: { things: 2 } }] },
      { mode: 'sync' },
      ['box-not-empty box/x'],
    ],
    [
      'a hazard that was accepted by name',
      { shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] },
      { shelf: [{ name: 'a' }], box: [{ name: 'x', facts: { things: 2 } }] },
      { mode: 'sync', targets: ['box/x'] },
      [],
    ],
  ])('on %s', (_case, specs, found, options, expected) => {
    expect(rules(plan(declare(specs, { prune: ['shelf'] }), found, options))).toEqual(expected);
  });

  it.each<[string, Specs, Specs, string[]]>([
    [
      'a replace of what is protected',
      { shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] },
      { shelf: [{ name: 'a' }], box: [{ name: 'x' }] },
      ['protected box/x'],
    ],
    [
      'a delete of what lives in something protected',
      { box: [{ name: 'x' }] },
      { box: [{ name: 'x' }], label: [{ box: 'x', name: 'l' }] },
      ['protected label/x/l'],
    ],
    [
      'nothing else about what is protected',
      { box: [{ name: 'x', open: true }] },
      { box: [{ name: 'x', open: false }] },
      [],
    ],
  ])('refuses %s', (_case, specs, found, expected) => {
    const declaration = declare(specs, { prune: ['label'], protect: ['box/x'] });
    expect(rules(plan(declaration, found, { mode: 'sync' }))).toEqual(expected);
  });

  it('explains how to allow each refusal, and where the protection is declared', () => {
    const declaration = declare({ shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] }, { protect: ['box/x'] });
    const found = { shelf: [{ name: 'a' }], box: [{ name: 'x', facts: { things: 1 } }] };
    const { refusals } = plan(declaration, found);
    expect(refusals.map(({ hint }) => hint)).toEqual([
      expect.stringContaining('with another name'),
      'remove `protect: true` at policies/test.yaml:1 first',
      'empty it first; to proceed anyway, pass --target box/x',
    ]);
  });

  it('keeps with the change what was accepted, for the look just before the write', () => {
    const declaration = declare({ shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] });
    const found = { shelf: [{ name: 'a' }], box: [{ name: 'x', facts: { things: 2 } }] };
    const { changes } = plan(declaration, found, { mode: 'sync', targets: ['box/x'] });
    expect(changes.map(({ address, accepts }) => [address, accepts])).toEqual([['box/x', ['box-not-empty']]]);
  });
});

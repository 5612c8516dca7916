import { DeclarationError } from '../../../src/errors';
import type { Plan } from '../../../src/plan/plan';
import { declare, live, plan, type Specs } from '../../support/declare';

const brief = ({ changes }: Plan): string[] => changes.map(({ action, address }) => `${action} ${address}`);
const secret = { env: 'S' };

describe('makePlan', () => {
  it('is empty if Harbor is as declared, with any other objects', () => {
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
    const made = plan(declaration);
    expect(brief(made)).toEqual(['create shelf/z', 'create box/x', 'create label/x/l', 'create limit/x']);
    expect(made.changes.map(({ dependsOn }) => dependsOn)).toEqual([[], ['shelf/z'], ['box/x'], ['box/x']]);
    expect(made.changes.map(({ carriedBy }) => carriedBy)).toEqual([undefined, undefined, undefined, 'box/x']);
  });

  it.each<[string, object, number, string[]]>([
    ['equal to what comes silently', { name: 'x', shelf: 's' }, 7, []],
    ['different from what comes silently', { name: 'x', shelf: 's' }, 30, ['update tidy/x']],
    ['where nothing comes silently', { name: 'x' }, 7, ['create tidy/x']],
  ])('plans a rule on a new box, %s', (_case, box, days, expected) => {
    const declaration = declare({ box: [box], tidy: [{ box: 'x', days }] });
    expect(brief(plan(declaration, { shelf: [{ name: 's' }] })).slice(1)).toEqual(expected);
  });

  it('recreates what lives in a box that is replaced', () => {
    const declaration = declare({
      shelf: [{ name: 'a' }],
      box: [{ name: 'x', shelf: 'a' }],
      limit: [{ box: 'x', bytes: 5 }],
      tidy: [{ box: 'x', days: 30 }],
      label: [{ box: 'x', name: 'l' }],
    });
    const found = {
      shelf: [{ name: 'a' }],
      box: [{ name: 'x' }],
      limit: [{ box: 'x', bytes: 5 }],
      tidy: [{ box: 'x', days: 30 }],
      label: [
        { box: 'x', name: 'l' },
        { box: 'x', name: 'by-hand' },
      ],
    };
    const made = plan(declaration, found, { mode: 'sync' });
    expect(brief(made)).toEqual(['replace box/x', 'create label/x/l', 'create limit/x', 'update tidy/x']);
    expect(made.warnings).toEqual([{ address: 'box/x', message: 'also deletes label/x/by-hand' }]);
  });

  describe('in its modes', () => {
    const declaration = declare({ shelf: [{ name: 'new' }, { name: 'old', url: 'u' }] }, { prune: ['shelf'] });
    const found = { shelf: [{ name: 'old', url: 'v' }, { name: 'stray' }] };
    it.each<[NonNullable<Parameters<typeof plan>[2]>['mode'] & string, string[], Partial<Plan['summary']>]>([
      ['upsert-only', ['create shelf/new', 'update shelf/old'], { left: 0, unmanaged: 1, unchanged: 0 }],
      ['create-only', ['create shelf/new'], { left: 1, unmanaged: 1, unchanged: 0 }],
      ['sync', ['create shelf/new', 'update shelf/old', 'delete shelf/stray'], { left: 0, unmanaged: 0, unchanged: 0 }],
    ])('%s plans %j', (mode, expected, summary) => {
      const made = plan(declaration, found, { mode });
      expect(brief(made)).toEqual(expected);
      expect(made.summary).toMatchObject(summary);
    });
  });

  it.each<[string, Specs, Specs, string[], string[]]>([
    [
      'a kind that is not pruned',
      { shelf: [{ name: 'a' }] },
      { shelf: [{ name: 'a' }], box: [{ name: 'x' }] },
      ['shelf'],
      [],
    ],
    [
      'what a declared object names',
      { box: [{ name: 'x', shelf: 's' }] },
      { shelf: [{ name: 's' }], box: [{ name: 'x', shelf: 's' }] },
      ['shelf'],
      [],
    ],
    [
      'what lives below an undeclared parent',
      { box: [{ name: 'x' }] },
      { box: [{ name: 'x' }, { name: 'y' }], label: [{ box: 'y', name: 'l' }] },
      ['label'],
      [],
    ],
    [
      'what goes with its owner',
      { shelf: [{ name: 'a' }] },
      { shelf: [{ name: 'a' }], box: [{ name: 'x' }], label: [{ box: 'x', name: 'l' }] },
      ['box', 'label'],
      ['delete box/x'],
    ],
    [
      'what cannot be deleted',
      { box: [{ name: 'x' }] },
      { box: [{ name: 'x' }], tidy: [{ box: 'x', days: 7 }] },
      ['tidy'],
      [],
    ],
  ])('in mode sync does not delete %s', (_case, specs, found, prune, expected) => {
    expect(brief(plan(declare(specs, { prune }), found, { mode: 'sync' }))).toEqual(expected);
  });

  it('never deletes what Harbor created itself, and does not list it as unmanaged', () => {
    const current = live({ shelf: [{ name: 'a' }] });
    current.set('label', [{ identity: 'x/creator', spec: { box: 'x', name: 'creator' }, builtIn: true }]);
    const made = plan(
      declare({ shelf: [{ name: 'a' }], box: [] }, { prune: ['label'] }),
      {},
      { mode: 'sync', current },
    );
    expect(made.changes).toEqual([]);
    expect(made.summary.unmanaged).toBe(0);
  });

  it('deletes users before what they use, also if a user only stops using it', () => {
    const declaration = declare({ box: [{ name: 'kept', open: true }] }, { prune: ['shelf', 'box'] });
    const found = {
      shelf: [{ name: 's' }],
      box: [
        { name: 'kept', shelf: 's' },
        { name: 'gone', shelf: 's' },
      ],
    };
    const { changes, warnings } = plan(declaration, found, { mode: 'sync' });
    const last = changes.at(-1)!;
    expect([last.address, last.dependsOn]).toEqual(['shelf/s', ['box/gone', 'box/kept']]);
    expect(warnings).toEqual([]);
  });

  it('warns if an object still uses a deleted one', () => {
    const declaration = declare({ shelf: [{ name: 'a' }] }, { prune: ['shelf'] });
    const found = { shelf: [{ name: 'a' }, { name: 's' }], box: [{ name: 'x', shelf: 's' }] };
    expect(plan(declaration, found, { mode: 'sync' }).warnings).toEqual([
      { address: 'shelf/s', message: 'box/x still uses it and stays: Harbor may refuse to delete it' },
    ]);
  });

  describe('with secrets', () => {
    const declaration = declare({ shelf: [{ name: 's', url: 'u', login: { user: 'x', secret } }] });
    const fields = (found: Specs, rotate: string[] = []): string[] =>
      plan(declaration, found, { rotate }).changes.flatMap((change) => change.fields.map(({ path }) => path));
    it.each<[string, Specs, string[], string[]]>([
      ['not, where nothing changes', { shelf: [{ name: 's', url: 'u', login: { user: 'x' } }] }, [], []],
      ['with the url', { shelf: [{ name: 's', url: 'v', login: { user: 'x' } }] }, [], ['url', 'login.secret']],
      ['when rotated', { shelf: [{ name: 's', url: 'u', login: { user: 'x' } }] }, ['shelf/s'], ['login.secret']],
      ['on a create', {}, [], ['login.user', 'name', 'url', 'login.secret']],
    ])('writes them %s', (_case, found, rotate, expected) => {
      expect(fields(found, rotate)).toEqual(expected);
    });
  });

  describe('with targets', () => {
    const declaration = declare(
      {
        shelf: [{ name: 'a' }, { name: 'b' }],
        box: [
          { name: 'x', shelf: 'a' },
          { name: 'y', shelf: 'b' },
        ],
        limit: [{ box: 'x', bytes: 5 }],
        label: [{ box: 'x', name: 'l' }],
      },
      { prune: ['shelf'] },
    );
    it.each([
      [['shelf/a'], ['create shelf/a']],
      [['box/x'], ['create shelf/a', 'create box/x', 'create limit/x']],
      [['label/x/l'], ['create shelf/a', 'create box/x', 'create label/x/l', 'create limit/x']],
      [['limit/x'], ['create shelf/a', 'create box/x', 'create limit/x']],
    ])('%j plans them and what they need', (targets, expected) => {
      expect(brief(plan(declaration, {}, { targets }))).toEqual(expected);
    });

    it('counts what is left out', () => {
      expect(plan(declaration, {}, { targets: ['shelf/a'] }).summary).toMatchObject({
        create: 1,
        left: 5,
        unchanged: 0,
      });
    });

    it('includes what has to be recreated with its owner', () => {
      const found = { shelf: [{ name: 'a' }, { name: 'b' }], box: [{ name: 'x' }], label: [{ box: 'x', name: 'l' }] };
      expect(brief(plan(declaration, found, { mode: 'sync', targets: ['box/x'] }))).toEqual([
        'replace box/x',
        'create label/x/l',
        'create limit/x',
      ]);
    });
  });

  it.each([
    [{ targets: ['box/xx'] }, 'unknown-address', 'did you mean "box/x"?'],
    [{ rotate: ['shelf/t'] }, 'unknown-address', 'did you mean "shelf/s"?'],
    [{ rotate: ['box/x'] }, 'nothing-to-rotate', undefined],
  ])('refuses the address in %j', (options, rule, hint) => {
    const declaration = declare({ box: [{ name: 'x' }], shelf: [{ name: 's' }] });
    const attempt = (): Plan => plan(declaration, {}, options);
    expect(attempt).toThrow(DeclarationError);
    try {
      attempt();
    } catch (error) {
      expect((error as DeclarationError).diagnostics).toEqual([
        expect.objectContaining({ rule, ...(hint ? { hint } : {}) }),
      ]);
    }
  });

  it('pins what it saw of the declared fields, and all of what it deletes', () => {
    const declaration = declare({ shelf: [{ name: 'a', url: 'new' }] }, { prune: ['shelf'] });
    const found = {
      shelf: [
        { name: 'a', url: 'old', marks: { k: '1' } },
        { name: 'b', url: 'u', marks: { k: '1' } },
      ],
    };
    const { changes } = plan(declaration, found, { mode: 'sync' });
    expect(changes.map(({ precondition }) => precondition?.observed)).toEqual([
      { name: 'a', url: 'old' },
      { name: 'b', url: 'u', marks: { k: '1' } },
    ]);
    expect(changes[0]!.precondition!.hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('warns and plans nothing if nothing is declared', () => {
    const made = plan(declare({}), { shelf: [{ name: 's' }] });
    expect([made.changes, made.refusals, made.warnings]).toEqual([
      [],
      [],
      [{ message: expect.stringContaining('nothing is declared') }],
    ]);
  });
});

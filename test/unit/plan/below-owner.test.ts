import type { Change, Mode, Plan } from '../../../src/plan/plan';
import { declare, plan, type Specs } from '../../support/declare';

/** One line per change: action, address, how it is made, and its fields. */
const lines = ({ changes }: Plan): string[] => changes.map(lineOf);

function lineOf({ action, address, carriedBy, bornOf, renamedFrom, fields }: Change): string {
  const how = [
    carriedBy && `carried by ${carriedBy}`,
    bornOf && `born of ${bornOf}`,
    renamedFrom && `was ${renamedFrom}`,
  ];
  return [`${action} ${address}`, ...how.filter(Boolean), fields.map(({ path }) => path).join(',')].join(' | ');
}

const SHELVES = [{ name: 'a' }, { name: 'b' }];
const onA = { name: 'x', shelf: 'a' };
const onB = { name: 'x', shelf: 'b' };

/** The rows of the table above `changeTo`, in its order. */
describe('the change of an object below an owner', () => {
  it.each<[string, Specs, Specs, readonly string[]]>([
    [
      'the owner is created, its request contains the object',
      { box: [{ name: 'x' }], limit: [{ box: 'x', bytes: 5 }] },
      {},
      ['create box/x | name', 'create limit/x | carried by box/x | box,bytes'],
    ],
    [
      'the owner is created, and Harbor creates the object with another value',
      { shelf: SHELVES, box: [onA], tidy: [{ box: 'x', days: 3 }] },
      { shelf: SHELVES },
      ['create box/x | name,shelf', 'update tidy/x | born of box/x | days'],
    ],
    [
      'the owner is created, and Harbor creates the object as declared',
      { shelf: SHELVES, box: [onA], tidy: [{ box: 'x', days: 7 }] },
      { shelf: SHELVES },
      ['create box/x | name,shelf'],
    ],
    [
      'the owner is created, but Harbor creates nothing for this one',
      { box: [{ name: 'x' }], tidy: [{ box: 'x', days: 7 }] },
      {},
      ['create box/x | name', 'create tidy/x | box,days'],
    ],
    [
      'the owner is created, and the object has no such relation',
      { box: [{ name: 'x' }], label: [{ box: 'x', name: 'l' }] },
      {},
      ['create box/x | name', 'create label/x/l | box,name'],
    ],
    [
      'the owner is replaced: what it contained is created again, although it was as declared',
      { shelf: SHELVES, box: [onB], limit: [{ box: 'x', bytes: 5 }], label: [{ box: 'x', name: 'l' }] },
      { shelf: SHELVES, box: [onA], limit: [{ box: 'x', bytes: 5 }], label: [{ box: 'x', name: 'l' }] },
      ['replace box/x | shelf', 'create label/x/l | box,name', 'create limit/x | carried by box/x | box,bytes'],
    ],
    [
      'the owner is replaced, and Harbor creates the object again',
      { shelf: SHELVES, box: [onB], tidy: [{ box: 'x', days: 3 }] },
      { shelf: SHELVES, box: [onA], tidy: [{ box: 'x', days: 3 }] },
      ['replace box/x | shelf', 'update tidy/x | born of box/x | days'],
    ],
    [
      'the owner is only updated: the object is compared by itself',
      { box: [{ name: 'x', open: true }], limit: [{ box: 'x', bytes: 5 }] },
      { box: [{ name: 'x', open: false }], limit: [{ box: 'x', bytes: 4 }] },
      ['update box/x | open', 'update limit/x | bytes'],
    ],
    [
      'the owner stays, and the object is missing: it is created by its own request',
      { box: [{ name: 'x' }], limit: [{ box: 'x', bytes: 5 }] },
      { box: [{ name: 'x' }] },
      ['create limit/x | box,bytes'],
    ],
    [
      'the owner stays, and the object is as declared',
      { box: [{ name: 'x' }], limit: [{ box: 'x', bytes: 5 }] },
      { box: [{ name: 'x' }], limit: [{ box: 'x', bytes: 5 }] },
      [],
    ],
  ])('%s', (_case, specs, found, expected) => {
    expect(lines(plan(declare(specs), found))).toEqual(expected);
  });

  it.each<[Mode, readonly string[]]>([
    ['create-only', ['create box/x | name,shelf', 'update tidy/x | born of box/x | days']],
    ['upsert-only', ['create box/x | name,shelf', 'update tidy/x | born of box/x | days']],
    ['sync', ['create box/x | name,shelf', 'update tidy/x | born of box/x | days']],
  ])('mode %s also changes what Harbor creates with a new owner', (mode, expected) => {
    const declaration = declare({ shelf: SHELVES, box: [onA], tidy: [{ box: 'x', days: 3 }] });
    expect(lines(plan(declaration, { shelf: SHELVES }, { mode }))).toEqual(expected);
  });

  it('mode create-only replaces nothing, and names what it left', () => {
    const declaration = declare({ shelf: SHELVES, box: [onB] });
    const made = plan(declaration, { shelf: SHELVES, box: [onA] }, { mode: 'create-only' });
    expect([made.changes, made.summary.left]).toEqual([[], 1]);
    expect(made.warnings.map(({ address }) => address)).toEqual(['box/x']);
  });
});

describe('a renamed object in a plan', () => {
  const renamed = (specs: Specs, from: string) => {
    const declaration = declare(specs);
    const objects = declaration.objects.map((one) =>
      one.address === 'shelf/new' ? { ...one, renamedFrom: from } : one,
    );
    return { ...declaration, objects };
  };
  const specs = { shelf: [{ name: 'new', url: 'u' }], box: [{ name: 'x', shelf: 'new' }] };

  it.each<[string, Specs, readonly string[]]>([
    [
      'under its old name: one update, and nothing for those that refer to it',
      { shelf: [{ name: 'old', url: 'u' }], box: [{ name: 'x', shelf: 'old' }] },
      ['update shelf/new | was old | name'],
    ],
    [
      'under its old name, with another difference',
      { shelf: [{ name: 'old', url: 'v' }], box: [{ name: 'x', shelf: 'old' }] },
      ['update shelf/new | was old | name,url'],
    ],
    [
      'under its old name, and an object that refers to a third one is replaced',
      { shelf: [{ name: 'old', url: 'u' }, { name: 'third' }], box: [{ name: 'x', shelf: 'third' }] },
      ['update shelf/new | was old | name', 'replace box/x | shelf'],
    ],
    ['already under its new name', { shelf: [{ name: 'new', url: 'u' }], box: [{ name: 'x', shelf: 'new' }] }, []],
    ['under neither name', {}, ['create shelf/new | name,url', 'create box/x | name,shelf']],
  ])('%s', (_case, found, expected) => {
    expect(lines(plan(renamed(specs, 'old'), found))).toEqual(expected);
  });

  it('is refused under both names', () => {
    const both = { shelf: [{ name: 'old' }, { name: 'new', url: 'u' }] };
    const made = plan(renamed({ shelf: [{ name: 'new', url: 'u' }] }, 'old'), both);
    expect(made.refusals.map(({ rule, address }) => [rule, address])).toEqual([['rename-clash', 'shelf/new']]);
  });
});

import { readdirSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { kinds } from '../../src/kinds';
import type { Placement } from '../../src/kinds/kind';
import { PERMISSIONS } from '../../src/kinds/support/robot-permissions';
import { compare } from '../../src/plan/diff';
import { answeredWire, kitted, type Kitted } from './kits';
import { IDS, tableRefs } from './support/table-refs';

const names = kinds.map(({ name }) => name);
const grantable = Object.values(PERMISSIONS).flatMap((catalogue) =>
  Object.entries(catalogue).flatMap(([resource, actions]) => actions.map((action) => `${resource}:${action}`)),
);

/** The ids of a quota's project differ from run to run; everything else is in the table already. */
function refsFor(spec: object): ReturnType<typeof tableRefs> {
  const name = (spec as { name?: string }).name;
  return tableRefs(name === undefined ? IDS : { ...IDS, project: { ...IDS['project'], [name]: 9 } });
}

function answered({ kind, kit }: Kitted, spec: object): unknown {
  return answeredWire(kit, kind.toWire(spec, refsFor(spec)) as object, spec);
}

const FILES = readdirSync(__dirname);

it('every kind has a kit and a test, and no kit is without its kind', () => {
  const kits = FILES.flatMap((file) => /^(.*)\.kit\.ts$/.exec(file)?.slice(1) ?? []);
  expect(kits.sort()).toEqual([...names].sort());
  expect(names.filter((name) => !FILES.includes(`${name}.test.ts`))).toEqual([]);
});

it.each(kitted.map((one) => [one.name, one] as const))(
  'the kit of %s has what the kind can do',
  (_name, { kind, kit }) => {
    expect(Object.keys(kit.places)).toEqual(kind.placements.map(({ path }: Placement<object>) => path));
    expect({
      renamed: (kit.renamed ?? []).length > 0,
      pruned: (kit.pruned ?? []).length > 0,
      lives: (kit.lives ?? []).length > 0,
      dropped: Object.keys(kit.dropped ?? {}).sort(),
    }).toEqual({
      renamed: kind.renames === true,
      pruned: kind.deletable,
      lives: kind.deletable,
      dropped: Object.keys(kind.since ?? {}).sort(),
    });
  },
);

describe.each(kitted.map((one) => [one.name, one] as const))('%s', (name, one) => {
  const { kind, kit } = one;

  it('has a name in kebab-case and a sentence about itself', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(kind.about).toMatch(/^[A-Z].*\.$/);
  });

  it('depends on kinds that exist', () => {
    expect(names).toEqual(expect.arrayContaining([...kind.dependsOn]));
  });

  it('asks for permissions that a robot can be given, or for a user', () => {
    const asked = Object.values(kind.access).filter((permission) => permission !== 'user');
    expect(grantable).toEqual(expect.arrayContaining(asked));
  });

  it('has a reason for every field that Harbor never returns', () => {
    expect(kind.writeOnly.filter(({ why }) => !why)).toEqual([]);
  });

  it.each(kind.placements.map((placement: Placement<object>) => [placement.path, placement] as const))(
    'has a schema at %s that is strict',
    (_path, placement) => {
      const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
      expect(() => ajv.compile(placement.schema)).not.toThrow();
      if (placement.schema['type'] === 'object') expect(placement.schema['additionalProperties']).toBe(false);
    },
  );

  it('normalizes what Harbor returns like what was sent', () => {
    fc.assert(
      fc.property(kit.specs, (spec) => {
        const desired = kind.normalise(spec) as object;
        const live = kind.fromWire(answered(one, spec), refsFor(spec));
        const again = kind.fromWire(answered(one, live.spec as object), refsFor(spec));
        const differences = compare(desired, live.spec as object, kind);
        // One `expect` takes longer than all of this.
        expect([live.identity, differences, again.spec]).toEqual([kind.identity(spec), [], live.spec]);
      }),
    );
  });

  it('is written as it was declared, at one of its places', () => {
    fc.assert(
      fc.property(kit.specs, (spec) => {
        const desired = kind.normalise(spec) as object;
        const placed = (kind.placements as readonly Placement<object>[]).flatMap((placement) => {
          const written = placement.fromSpec(desired, { secret: () => ({ env: 'HELD' }), facts: {} });
          return written ? [{ placement, ...written }] : [];
        });
        expect(placed).toHaveLength(1);
        const { placement, value, names: stars } = placed[0]!;
        const again = kind.normalise(placement.toSpec(value, stars)) as object;
        expect([kind.identity(again), compare(desired, again, kind)]).toEqual([kind.identity(desired), []]);
      }),
    );
  });

  it('normalizes in one step, and adds no field', () => {
    fc.assert(
      fc.property(kit.specs, (spec) => {
        const once = kind.normalise(spec) as object;
        expect([kind.normalise(once), Object.keys(once).sort()]).toEqual([once, Object.keys(spec).sort()]);
      }),
    );
  });
});

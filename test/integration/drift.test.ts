import type { Declaration } from '../../src/declaration/declaration';
import type { Placement } from '../../src/kinds/kind';
import type { FieldChange } from '../../src/plan/plan';
import type { HandMade, RawHarbor } from '../kinds/kit';
import { kitted, wholeDeclaration } from '../kinds/kits';
import { rawHarbor } from '../kinds/support/by-hand';
import { startWorld, type TestWorld } from '../kinds/support/world';
import { directoryWith } from '../support/cli';
import { declarationIn, startSandboxRun, type SandboxRun } from '../support/sandbox-run';
import { scannerThatFinds } from '../../src/scanner-adapter';

let world: TestWorld;
let run: SandboxRun;
let declaration: Declaration;
let harbor: RawHarbor;

beforeAll(async () => {
  world = await startWorld();
  run = await startSandboxRun({ harborVersion: 'v2.16.0', scanner: scannerThatFinds({}) });
  declaration = await declarationIn(directoryWith({ 'policies.yaml': JSON.stringify(wholeDeclaration(world)) }));
  const report = await run.apply(declaration, await run.plan(declaration));
  expect([report.failed, report.differences]).toEqual([[], []]);
  expect((await run.plan(declaration)).changes).toEqual([]);
  harbor = rawHarbor(run.sandbox.url, 'Harbor12345');
}, 60_000);
afterAll(async () => {
  await run.close();
  await world.close();
});

const ALL = kitted.flatMap(({ name, kit }) => kit.byHand.changes.map((row) => ({ ...row, kind: name })));

describe('manual changes', () => {
  it.each(ALL.map((row) => [row.address, row.field, row] as const))(
    '%s %s is detected and reverted',
    async (address, field, row) => {
      await row.change(harbor);
      const { plan, report } = await run.planAndApply(declaration);
      const seen = plan.changes.map(({ address: where, fields }) => [
        where,
        [...new Set(fields.filter(isShown(row)).map(({ path }) => path.split(/[.[]/)[0]))],
      ]);
      expect(seen).toEqual([[address, [field.split('.')[0], ...(row.also ?? [])]]]);
      expect([report.failed, report.differences]).toEqual([[], []]);
      expect((await run.plan(declaration)).changes).toEqual([]);
    },
  );
});

/** A secret is written along with anything else, as nobody can see whether it is there. */
function isShown({ also = [] }: HandMade): (field: FieldChange) => boolean {
  return ({ path, writeOnly }) => writeOnly !== true || also.some((field) => path.startsWith(field));
}

describe.each(kitted.map((one) => [one.name, one] as const))('%s', (_name, { kind, kit }) => {
  const { changes, untried } = kit.byHand;
  const tried = changes.map(({ field }) => field);

  it('every managed field is tried, or its kit names the reason', () => {
    const fields = (kind.placements as readonly Placement<object>[]).flatMap(({ schema }) =>
      fieldsOf(schema as Schema),
    );
    const missing = [...new Set(fields)].filter(
      (field) => !isTried(tried, field) && untried[field] === undefined && untried['*'] === undefined,
    );
    expect(missing).toEqual([]);
  });

  it('has no exception that is tried anyway', () => {
    expect(Object.keys(untried).filter((field) => tried.includes(field))).toEqual([]);
  });
});

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

function fieldsOf(schema: Schema): string[] {
  return [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(({ properties }) =>
    Object.keys(properties ?? {}).filter((key) => !['protect', 'renamed_from'].includes(key)),
  );
}

/** `credential` is tried where something in it is. */
function isTried(tried: readonly string[], field: string): boolean {
  return tried.some((one) => one === field || one.startsWith(`${field}.`));
}

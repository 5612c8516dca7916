import type { Declaration } from '../../../src/declaration/declaration';
import type { ApplyReport } from '../../../src/reconcile/result';
import { declare } from '../../support/declare';
import { planAndApply, planFor } from '../../support/reconcile';
import { StoreDouble, type Fault } from '../../support/store-double';

const outcomes = (report: ApplyReport): string[] =>
  [...report.ok, ...report.failed, ...report.stale, ...report.skipped, ...report.unknown]
    .map(({ address, outcome, adopted }) => `${address} ${outcome}${adopted ? ' (adopted)' : ''}`)
    .sort();
const writesOf = ({ writes }: StoreDouble): string[] => writes.map(({ method, path }) => `${method} ${path}`);

const harbour: Declaration = declare({
  shelf: [
    { name: 's', url: 'u', login: { user: 'me', secret: { env: 'S' } } },
    { name: 't', url: 'v' },
  ],
  box: [
    { name: 'x', shelf: 's', open: true },
    { name: 'y', shelf: 't' },
  ],
  limit: [{ box: 'x', bytes: 5 }],
  tidy: [{ box: 'x', days: 30 }],
  label: [
    { box: 'x', name: 'l', colour: 'red' },
    { box: 'y', name: 'm' },
  ],
});

describe('apply', () => {
  it('makes an empty store as declared, in dependency order, and the next plan is empty', async () => {
    const store = new StoreDouble();
    const report = await planAndApply(store, harbour);
    expect(outcomes(report)).toEqual(
      ['shelf/s', 'shelf/t', 'box/x', 'box/y', 'limit/x', 'tidy/x', 'label/x/l', 'label/y/m']
        .map((a) => `${a} ok`)
        .sort(),
    );
    expect(report.differences).toEqual([]);
    expect(writesOf(store).sort()).toEqual(
      ['POST /shelf', 'POST /shelf', 'POST /box', 'POST /box', 'PUT /tidy/x', 'POST /label', 'POST /label'].sort(),
    );
    expect((await planFor(store, harbour)).changes).toEqual([]);
  });

  it('writes nothing when there is nothing to do', async () => {
    const store = new StoreDouble();
    await planAndApply(store, harbour);
    store.writes = [];
    await planAndApply(store, harbour);
    expect(store.writes).toEqual([]);
  });

  it.each<[string, Fault, string[]]>([
    [
      'fails before the effect',
      ({ path }) => (path === '/box' ? { status: 500 } : undefined),
      ['box/x failed', 'box/y failed'],
    ],
    [
      'comes after the effect',
      ({ path }) => (path === '/box' ? { status: 500, afterEffect: true } : undefined),
      ['box/x ok (adopted)', 'box/y ok (adopted)'],
    ],
    [
      'is lost after the effect',
      ({ path }) => (path === '/box' ? { reset: 'after' } : undefined),
      ['box/x ok (adopted)', 'box/y ok (adopted)'],
    ],
    [
      'is lost before the effect',
      ({ path }) => (path === '/box' ? { reset: 'before' } : undefined),
      ['box/x failed', 'box/y failed'],
    ],
  ])('says how a create ended whose answer %s', async (_case, fault, expected) => {
    const store = new StoreDouble();
    store.fault = fault;
    const report = await planAndApply(store, harbour);
    expect(outcomes(report)).toEqual(expect.arrayContaining(expected));
    store.fault = () => undefined;
    await planAndApply(store, harbour);
    expect((await planFor(store, harbour)).changes).toEqual([]);
  });
});

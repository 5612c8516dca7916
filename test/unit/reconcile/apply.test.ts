import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Declaration } from '../../../src/declaration/declaration';
import { NetworkError, PlanRefusedError, SecretError } from '../../../src/errors';
import { renderMarkdown } from '../../../src/plan/render/markdown';
import { renderText } from '../../../src/plan/render/text';
import { openJournal } from '../../../src/reconcile/journal';
import type { Reporter } from '../../../src/reconcile/reporter';
import type { ApplyReport } from '../../../src/reconcile/result';
import type { AnyKind } from '../../../src/kinds/kind';
import { withFaults, type Faults } from '../../../src/shape';
import type { SecretReference } from '../../../src/secret-reference';
import { declare } from '../../support/declare';
import { inventedKinds, shelf } from '../../support/invented-kinds';
import { applyTo, planAndApply, planFor, secretValue } from '../../support/reconcile';
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
  it('creates everything that is declared, in dependency order, and the next plan is empty', async () => {
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
  ])('reports how a create ended whose response %s', async (_case, fault, expected) => {
    const store = new StoreDouble();
    store.fault = fault;
    const report = await planAndApply(store, harbour);
    expect(outcomes(report)).toEqual(expect.arrayContaining(expected));
    store.fault = () => undefined;
    await planAndApply(store, harbour);
    expect((await planFor(store, harbour)).changes).toEqual([]);
  });

  describe('a create that a gateway responds to', () => {
    const wanted = declare({ shelf: [{ name: 's', url: 'u', login: { secret: { env: 'S' } } }] });
    const posts = (store: StoreDouble): string[] => writesOf(store).filter((write) => write === 'POST /shelf');

    it.each<[string, Fault, string, number]>([
      ['502, not done', ({ n }) => (n === 1 ? { status: 502 } : undefined), 'shelf/s ok', 2],
      ['503, not done', ({ n }) => (n === 1 ? { status: 503 } : undefined), 'shelf/s ok', 2],
      ['504, not done', ({ n }) => (n === 1 ? { status: 504 } : undefined), 'shelf/s ok', 2],
      ['nothing, not done', ({ n }) => (n === 1 ? { reset: 'before' } : undefined), 'shelf/s ok', 2],
      ['504, done', ({ n }) => (n === 1 ? { status: 504, afterEffect: true } : undefined), 'shelf/s ok (adopted)', 1],
      ['502 each time', ({ method }) => (method === 'POST' ? { status: 502 } : undefined), 'shelf/s failed', 2],
    ])('%s: looked up, and sent again only if it is not there', async (_case, fault, expected, sent) => {
      const store = new StoreDouble();
      store.fault = fault;
      expect(outcomes(await planAndApply(store, wanted))).toEqual([expected]);
      expect(posts(store)).toHaveLength(sent);
    });

    it('is adopted, with its secret, when it is done while it is sent again', async () => {
      const store = new StoreDouble();
      store.fault = ({ n }) => (n === 1 ? { status: 504 } : undefined);
      store.beforeWrite = () => {
        if (posts(store).length === 2) store.seed('shelf', 's', { name: 's', url: 'u', login: {} });
      };
      expect(outcomes(await planAndApply(store, wanted))).toEqual(['shelf/s ok (adopted)']);
      expect(store.secrets.get('shelf/s')).toBe(secretValue);
    });

    it('is not sent again after a stop was requested', async () => {
      const store = new StoreDouble();
      const stop = new AbortController();
      store.fault = () => ({ status: 502 });
      store.beforeWrite = () => stop.abort('SIGTERM');
      const report = await applyTo(store, wanted, await planFor(store, wanted), { signal: stop.signal });
      expect(outcomes(report)).toEqual(['shelf/s failed']);
      expect(posts(store)).toHaveLength(1);
    });
  });

  it.each([
    ['as declared', 5, 'limit/x ok (adopted)'],
    ['otherwise', 9, 'limit/x stale'],
  ])(
    'treats a 400 that says "already has" as a conflict: the existing object is %s',
    async (_case, bytes, expected) => {
      const store = new StoreDouble();
      store.seed('box', 'x', { name: 'x' });
      const wanted = declare({ limit: [{ box: 'x', bytes: 5 }] });
      const plan = await planFor(store, wanted);
      store.fault = () => ({ status: 400, message: 'bad request: project 1 already has retention policy 5' });
      store.seed('limit', 'x', { box: 'x', bytes });
      expect(outcomes(await applyTo(store, wanted, plan))).toEqual([expected]);
    },
  );

  it.each<[string, (store: StoreDouble) => void]>([
    ['and nothing exists', () => undefined],
    ['and an object with another value exists', (store) => store.seed('shelf', 's', { name: 's', url: 'theirs' })],
  ])("takes a proxy's 409 for a failure, %s", async (_case, meddle) => {
    const store = new StoreDouble();
    const wanted = declare({ shelf: [{ name: 's', url: 'u' }] });
    const plan = await planFor(store, wanted);
    meddle(store);
    store.fault = () => ({ status: 409, byProxy: true });
    expect(outcomes(await applyTo(store, wanted, plan))).toEqual(['shelf/s failed']);
  });

  it('does not call its own half of a create one that someone else made', async () => {
    const store = new StoreDouble();
    const wanted = declare({ shelf: [{ name: 's', url: 'u' }] });
    const inTwoSteps: AnyKind = {
      ...shelf,
      async create({ client }) {
        const made = await client.post('/shelf', { identity: 's', name: 's' });
        await client.put('/shelf/s', { url: 'u' });
        return made;
      },
    };
    store.fault = ({ n }) => (n === 2 ? { status: 409 } : undefined);
    const report = await applyTo(store, wanted, await planFor(store, wanted), { kinds: [inTwoSteps] });
    expect(outcomes(report)).toEqual(['shelf/s failed']);
    expect(report.failed[0]!.detail).toContain('it exists, but its url is not as declared');
  });

  it('does not adopt on a 400 with another message', async () => {
    const store = new StoreDouble();
    const wanted = declare({ shelf: [{ name: 's' }] });
    const plan = await planFor(store, wanted);
    store.seed('shelf', 's', { name: 's' });
    store.fault = () => ({ status: 400, message: 'bad request: the name is not valid' });
    expect(outcomes(await applyTo(store, wanted, plan))).toEqual(['shelf/s failed']);
  });

  describe('when someone else changed objects between plan and apply', () => {
    const declaration = declare({
      shelf: [
        { name: 'a', url: 'new' },
        { name: 'b', url: 'new' },
      ],
      box: [{ name: 'x', shelf: 'a' }],
    });
    const before = (): StoreDouble => {
      const store = new StoreDouble();
      store.seed('shelf', 'a', { name: 'a', url: 'old' });
      store.seed('shelf', 'b', { name: 'b', url: 'old' });
      return store;
    };

    it.each<[string, (store: StoreDouble) => void, string[]]>([
      [
        'edited a declared field',
        (store) => store.seed('shelf', 'a', { name: 'a', url: 'theirs' }),
        ['box/x skipped', 'shelf/a stale', 'shelf/b ok'],
      ],
      [
        'edited an unmanaged field',
        (store) => store.seed('shelf', 'a', { name: 'a', url: 'old', marks: { k: '1' } }),
        ['box/x ok', 'shelf/a ok', 'shelf/b ok'],
      ],
      [
        'made the same change',
        (store) => store.seed('shelf', 'a', { name: 'a', url: 'new' }),
        ['box/x ok', 'shelf/a ok (adopted)', 'shelf/b ok'],
      ],
      ['deleted it', (store) => store.all('shelf').delete('a'), ['box/x skipped', 'shelf/a stale', 'shelf/b ok']],
    ])('who %s', async (_case, meddle, expected) => {
      const store = before();
      const plan = await planFor(store, declaration);
      meddle(store);
      expect(outcomes(await applyTo(store, declaration, plan))).toEqual(expected);
    });

    it('names the field, and writes nothing to that object', async () => {
      const store = before();
      const plan = await planFor(store, declaration);
      store.seed('shelf', 'a', { name: 'a', url: 'theirs' });
      const { stale } = await applyTo(store, declaration, plan);
      expect(stale).toEqual([
        {
          address: 'shelf/a',
          kind: 'shelf',
          action: 'update',
          outcome: 'stale',
          field: 'url',
          detail: 'url of shelf/a changed in Harbor since the plan was made',
        },
      ]);
      expect(writesOf(store)).toEqual(['PUT /shelf/b']);
    });

    it.each([
      ['as declared: it is adopted', { name: 'c', url: 'new' }, 'shelf/c ok (adopted)'],
      ['otherwise: it is left alone', { name: 'c', url: 'theirs' }, 'shelf/c stale'],
    ])('who created what was to be created, %s', async (_case, theirs, expected) => {
      const store = new StoreDouble();
      const wanted = declare({ shelf: [{ name: 'c', url: 'new' }] });
      const plan = await planFor(store, wanted);
      store.seed('shelf', 'c', theirs);
      expect(outcomes(await applyTo(store, wanted, plan))).toEqual([expected]);
      expect(store.all('shelf').get('c')).toMatchObject(theirs);
    });

    it.each([
      ['as declared', 5, ['box/x ok (adopted)', 'limit/x ok (adopted)']],
      ['otherwise', 9, ['box/x ok (adopted)', 'limit/x stale']],
    ])('who created the carrier with a limit that is %s', async (_case, bytes, expected) => {
      const store = new StoreDouble();
      const wanted = declare({ box: [{ name: 'x' }], limit: [{ box: 'x', bytes: 5 }] });
      const plan = await planFor(store, wanted);
      store.seed('box', 'x', { name: 'x' });
      store.seed('limit', 'x', { box: 'x', bytes });
      expect(outcomes(await applyTo(store, wanted, plan))).toEqual(expected);
    });
  });

  describe('a delete', () => {
    const declaration = declare({ shelf: [{ name: 'a' }] }, { prune: ['box'] });
    const withBox = (facts: object = {}): StoreDouble => {
      const store = new StoreDouble();
      store.seed('shelf', 'a', { name: 'a' });
      store.seed('box', 'x', { name: 'x', open: true, ...facts });
      return store;
    };
    it.each<[string, (store: StoreDouble) => void, string, boolean]>([
      ['of what is as it was', () => {}, 'box/x ok', false],
      ['of what is gone already', (store) => store.all('box').delete('x'), 'box/x ok (adopted)', false],
      [
        'of an object that was edited',
        (store) => store.seed('box', 'x', { name: 'x', open: false }),
        'box/x stale',
        true,
      ],
      [
        'of what has been filled since',
        (store) => store.seed('box', 'x', { name: 'x', open: true, facts: { things: 1 } }),
        'box/x stale',
        true,
      ],
      [
        'of what is gone when the request arrives',
        (store) => (store.beforeWrite = () => void store.all('box').delete('x')),
        'box/x ok',
        false,
      ],
      [
        'that a proxy answers with 404',
        (store) => (store.fault = () => ({ status: 404, byProxy: true })),
        'box/x failed',
        true,
      ],
      ['that Harbor refuses', (store) => (store.fault = () => ({ status: 412 })), 'box/x failed', true],
      ['whose answer is lost', (store) => (store.fault = () => ({ reset: 'after' })), 'box/x ok', false],
      ['that never arrived', (store) => (store.fault = () => ({ reset: 'before' })), 'box/x failed', true],
    ])('%s', async (_case, meddle, expected, stays) => {
      const store = withBox();
      const plan = await planFor(store, declaration, { mode: 'sync' });
      meddle(store);
      expect(outcomes(await applyTo(store, declaration, plan))).toEqual([expected]);
      expect(store.all('box').has('x')).toBe(stays);
    });

    it('deletion of an object with content works if its address was named', async () => {
      const store = withBox({ facts: { things: 2 } });
      const plan = await planFor(store, declaration, { mode: 'sync', targets: ['box/x'] });
      expect(outcomes(await applyTo(store, declaration, plan))).toEqual(['box/x ok']);
    });
  });

  it('replaces by deleting and creating, with what travels along', async () => {
    const store = new StoreDouble();
    const declaration = declare({
      shelf: [{ name: 'a' }],
      box: [{ name: 'x', shelf: 'a' }],
      limit: [{ box: 'x', bytes: 5 }],
    });
    store.seed('shelf', 'a', { name: 'a' });
    store.seed('box', 'x', { name: 'x', open: true });
    store.seed('limit', 'x', { box: 'x', bytes: 5 });
    const report = await planAndApply(store, declaration, { mode: 'sync' });
    expect(outcomes(report)).toEqual(['box/x ok', 'limit/x ok']);
    expect(writesOf(store)).toEqual(['DELETE /box/x', 'POST /box']);
    expect((await planFor(store, declaration)).changes).toEqual([]);
  });

  it.each<[string, 'before' | 'after', string, string[]]>([
    ['goes on', 'after', 'box/x ok', ['DELETE /box/x', 'POST /box']],
    ['fails before the object is touched', 'before', 'box/x failed', ['DELETE /box/x']],
  ])('a replace %s if the answer to its deletion is lost %s the effect', async (_what, reset, expected, writes) => {
    const store = new StoreDouble();
    const declaration = declare({ shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] });
    store.seed('shelf', 'a', { name: 'a' });
    store.seed('box', 'x', { name: 'x' });
    store.fault = ({ method }) => (method === 'DELETE' ? { reset } : undefined);
    expect(outcomes(await planAndApply(store, declaration, { mode: 'sync' }))).toEqual([expected]);
    expect(writesOf(store)).toEqual(writes);
  });

  it('reports that the old object is deleted if the second half of a replace fails', async () => {
    const store = new StoreDouble();
    const declaration = declare({ shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] });
    store.seed('shelf', 'a', { name: 'a' });
    store.seed('box', 'x', { name: 'x' });
    store.fault = ({ method }) => (method === 'POST' ? { status: 403 } : undefined);
    const { failed } = await planAndApply(store, declaration, { mode: 'sync' });
    expect(failed.map(({ detail }) => detail)).toEqual([expect.stringContaining('the old object was deleted')]);
  });

  it('continues with changes that do not depend on a failed one', async () => {
    const store = new StoreDouble();
    store.fault = ({ path, body }) =>
      path === '/shelf' && (body as { name: string }).name === 's' ? { status: 500 } : undefined;
    const report = await planAndApply(store, harbour);
    expect(outcomes(report)).toEqual([
      'box/x skipped',
      'box/y ok',
      'label/x/l skipped',
      'label/y/m ok',
      'limit/x skipped',
      'shelf/s failed',
      'shelf/t ok',
      'tidy/x skipped',
    ]);
    expect(report.skipped[0]!.detail).toBe('it needs shelf/s: failed');
  });

  it('finds what Harbor accepted and did not do', async () => {
    const store = new StoreDouble();
    store.seed('box', 'x', { name: 'x', open: false });
    store.ignored.set('box', ['open']);
    const { ok, differences } = await planAndApply(store, declare({ box: [{ name: 'x', open: true }] }));
    expect(ok).toHaveLength(1);
    expect(differences).toEqual([
      {
        address: 'box/x',
        fields: ['open'],
        message: 'box/x: Harbor accepted but did not apply open (declared true, is false)',
      },
    ]);
  });

  it.each<[string, object, string, string[]]>([
    [
      'as itself',
      { id: 1, identity: 'x/l', faults: { reason: 'colour is a number, not text', anonymous: false } },
      'label/x/l: Harbor accepted it, but it cannot be read back: colour is a number, not text',
      ['label/x/l'],
    ],
    [
      'without its name',
      { id: 1, identity: 'l', faults: { reason: 'name is missing', anonymous: true } },
      'label/x/l: Harbor accepted it, but it cannot be read back: label/(id 1), which may be it, is unreadable: name is missing',
      ['label/x/l'],
    ],
    [
      'with the whole list of its project',
      { whole: 'x', faults: { reason: 'GET /labels: 502', anonymous: true, project: 'x' } },
      'label/x/l: Harbor accepted it, but it cannot be read back: label/x, which may be it, is unreadable: GET /labels: 502',
      ['label/x/l'],
    ],
    [
      'in another project',
      { whole: 'y', faults: { reason: 'GET /labels: 502', anonymous: true, project: 'y' } },
      'label/x/l: Harbor accepted but did not apply it: it does not exist',
      [],
    ],
  ])(
    'does not say that an object is missing that Harbor returns unreadable %s',
    async (_case, wire, message, unread) => {
      const store = new StoreDouble();
      store.seed('box', 'x', { name: 'x' });
      const wanted = declare({ label: [{ box: 'x', name: 'l' }] });
      const damaged = inventedKinds.map((kind): AnyKind =>
        kind.name !== 'label'
          ? kind
          : {
              ...kind,
              list: async (context) => {
                if (store.writes.length === 0) return kind.list(context);
                const { faults } = wire as { faults: Faults };
                return 'whole' in wire ? [withFaults({}, faults)] : [wire];
              },
              fromWire: (one: object) => ({ spec: { box: 'x', name: 'l' }, ...one }) as never,
            },
      );
      const plan = await planFor(store, wanted);
      const { differences, ok } = await applyTo(store, wanted, plan, { kinds: damaged });
      expect(ok).toHaveLength(1);
      expect(differences.map((one) => one.message)).toEqual([message]);
      expect(differences.filter((one) => one.unread).map(({ address }) => address)).toEqual(unread);
    },
  );

  describe('if Harbor may answer from a cache', () => {
    const open = declare({ box: [{ name: 'x', open: true }] });
    const caching = (staleForMs: number): readonly AnyKind[] =>
      inventedKinds.map((kind) => (kind.name === 'box' ? { ...kind, staleForMs } : kind));

    /** Answers so many lists of boxes as they were before the write. */
    async function applyBehindCache(
      staleLists: number,
      staleForMs: number,
    ): Promise<{ report: ApplyReport; lists: number; told: unknown[] }> {
      const store = new StoreDouble();
      store.seed('box', 'x', { name: 'x', open: false });
      const plan = await planFor(store, open);
      const list = store.list.bind(store);
      const before = await list('/box');
      let lists = 0;
      store.list = async <T>(path: string): Promise<T[]> => {
        if (path !== '/box' || store.writes.length === 0) return list<T>(path);
        lists += 1;
        return lists <= staleLists ? (before as T[]) : list<T>(path);
      };
      const told: unknown[] = [];
      const report = await applyTo(store, open, plan, {
        kinds: caching(staleForMs),
        reporter: { report: (event) => void (event.type === 'stale' && told.push(event)) },
      });
      return { report, lists, told };
    }

    it('reads again until it has noticed, and reports it once', async () => {
      const { report, lists, told } = await applyBehindCache(2, 2_000);
      expect([report.differences, lists]).toEqual([[], 3]);
      expect(told).toEqual([{ type: 'stale', addresses: ['box/x'], forMs: 2_000 }]);
    });

    it('accuses Harbor of nothing if it is stopped while the cache may still answer', async () => {
      const store = new StoreDouble();
      store.seed('box', 'x', { name: 'x', open: false });
      store.ignored.set('box', ['open']);
      const stop = new AbortController();
      const report = await applyTo(store, open, await planFor(store, open), {
        kinds: caching(60_000),
        signal: stop.signal,
        reporter: { report: (event) => void (event.type === 'stale' && setImmediate(() => stop.abort('SIGINT'))) },
      });
      expect(report).toMatchObject({ differences: [], aborted: true, unverified: 'the run was stopped' });
    });

    it('trusts what it reads once no cache can be older', async () => {
      const { report, lists } = await applyBehindCache(Infinity, 80);
      expect(report.differences).toEqual([expect.objectContaining({ address: 'box/x', fields: ['open'] })]);
      expect(lists).toBeGreaterThan(1);
    });
  });

  it('rewrites a secret after a lost response, because it cannot be read back', async () => {
    const store = new StoreDouble();
    const declaration = declare({ shelf: [{ name: 's', login: { user: 'u', secret: { env: 'S' } } }] });
    store.fault = ({ method }) => (method === 'POST' ? { reset: 'after' } : undefined);
    await planAndApply(store, declaration);
    expect(writesOf(store)).toEqual(['POST /shelf', 'PUT /shelf/s']);
    expect(store.secrets.get('shelf/s')).toBe(secretValue);
  });

  it('reads back a create of two writes of which the second was refused, and ends what it began', async () => {
    const store = new StoreDouble();
    const declaration = declare({ shelf: [{ name: 's', login: { secret: { env: 'S' } } }] });
    const inTwoSteps: AnyKind = {
      ...shelf,
      async create({ client }) {
        const made = await client.post('/shelf', { identity: 's', name: 's' });
        await client.put('/shelf/s', { login: {} });
        return made;
      },
    };
    store.fault = ({ n }) => (n === 2 ? { status: 403 } : undefined);
    const plan = await planFor(store, declaration);
    const report = await applyTo(store, declaration, plan, { kinds: [inTwoSteps] });
    expect(outcomes(report)).toEqual(['shelf/s ok (adopted)']);
    expect(store.secrets.get('shelf/s')).toBe(secretValue);
  });

  it('treats a delete that finds nothing as done', async () => {
    const store = new StoreDouble();
    store.seed('shelf', 'kept', { name: 'kept' });
    store.seed('shelf', 's', { name: 's' });
    store.beforeWrite = () => void store.all('shelf').delete('s');
    const report = await planAndApply(store, declare({ shelf: [{ name: 'kept' }] }, { prune: ['shelf'] }), {
      mode: 'sync',
    });
    expect(outcomes(report)).toEqual(['shelf/s ok']);
  });

  it('calls an update with a secret unknown when its answer is lost', async () => {
    const store = new StoreDouble();
    const declaration = declare({ shelf: [{ name: 's', url: 'v', login: { secret: { env: 'S' } } }] });
    store.seed('shelf', 's', { name: 's', url: 'u', login: {} });
    store.fault = () => ({ reset: 'after' });
    const { unknown } = await planAndApply(store, declaration);
    expect(unknown.map(({ detail }) => detail)).toEqual([expect.stringContaining('--rotate shelf/s')]);
  });

  it('writes nothing of a plan of which a secret cannot be resolved, and lists all of them', async () => {
    const store = new StoreDouble();
    const declaration = declare({
      shelf: [
        { name: 'a', login: { secret: { env: 'SET' } } },
        { name: 's', login: { secret: { env: 'UNSET' } } },
        { name: 't', login: { secret: { env: 'OTHER' } } },
      ],
      box: [{ name: 'x' }],
    });
    const secret = async (reference: SecretReference): Promise<string> => {
      const name = 'env' in reference ? reference.env : '';
      if (name === 'SET') return secretValue;
      throw new SecretError(`env ${name} is not set`, 'SECRET_UNSET');
    };
    await expect(applyTo(store, declaration, await planFor(store, declaration), { secret })).rejects.toMatchObject({
      code: 'SECRET_UNSET',
      message: [
        '2 secrets that this plan needs are not available; nothing was changed',
        '  shelf/s: login.secret: env UNSET is not set',
        '  shelf/t: login.secret: env OTHER is not set',
      ].join('\n'),
    });
    expect(store.writes).toEqual([]);
  });

  it('reports what was applied when Harbor cannot be read afterwards', async () => {
    const store = new StoreDouble();
    const declaration = declare({ shelf: [{ name: 's' }] });
    const plan = await planFor(store, declaration);
    store.beforeWrite = () => {
      store.list = async () => {
        throw new NetworkError('Harbor is gone', 'NETWORK_REFUSED', store.url);
      };
    };
    const report = await applyTo(store, declaration, plan);
    expect(outcomes(report)).toEqual(['shelf/s ok']);
    expect(report.unverified).toBe('Harbor is gone');
  });

  it('starts nothing more once it is asked to stop, and finishes what is in flight', async () => {
    const store = new StoreDouble();
    const stop = new AbortController();
    store.beforeWrite = ({ path }) => {
      if (path === '/box') stop.abort('SIGTERM');
    };
    const plan = await planFor(store, harbour);
    const report = await applyTo(store, harbour, plan, { signal: stop.signal, concurrency: 1 });
    expect(report.aborted).toBe(true);
    expect(outcomes(report).filter((outcome) => outcome.endsWith(' ok'))).toEqual([
      'box/x ok',
      'limit/x ok',
      'shelf/s ok',
      'shelf/t ok',
    ]);
    expect(report.skipped.map(({ detail }) => detail)).toContain('not tried: the run was stopped');
    expect(report.ok.length + report.skipped.length).toBe(plan.changes.length);
  });

  it.each([1, 3, 8])('has at most %i writes in flight', async (concurrency) => {
    const store = new StoreDouble();
    const declaration = declare({ shelf: Array.from({ length: 30 }, (_, i) => ({ name: `s${i}` })) });
    let [inFlight, most] = [0, 0];
    store.beforeWrite = async () => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
    };
    await applyTo(store, declaration, await planFor(store, declaration), { concurrency });
    expect(most).toBe(concurrency);
  });

  it('writes nothing of a plan that the guard refused', async () => {
    const store = new StoreDouble();
    store.seed('shelf', 's', { name: 's' });
    const declaration = declare({}, { prune: ['shelf'] });
    await expect(planAndApply(store, declaration, { mode: 'sync' })).rejects.toThrow(PlanRefusedError);
    expect(store.writes).toEqual([]);
  });

  it('reports each change when it starts and when it ends', async () => {
    const store = new StoreDouble();
    const events: string[] = [];
    const reporter: Reporter = {
      report(event) {
        if (event.type === 'change-finished') events.push(`${event.result.address} ${event.done}/${event.total}`);
        else events.push(event.type);
      },
    };
    const declaration = declare({ shelf: [{ name: 's' }] });
    await applyTo(store, declaration, await planFor(store, declaration), { reporter });
    expect(events).toEqual(['change-started', 'shelf/s 1/1', 'verifying']);
  });

  it('run twice at the same time does everything once, and both report correctly', async () => {
    const store = new StoreDouble();
    const plan = await planFor(store, harbour);
    const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    store.beforeWrite = pause;
    const reports = await Promise.all([applyTo(store, harbour, plan), applyTo(store, harbour, plan)]);
    expect(reports.flatMap(({ failed, unknown, differences }) => [...failed, ...unknown, ...differences])).toEqual([]);
    const created = reports.flatMap(({ ok }) => ok.filter(({ action, adopted }) => action === 'create' && !adopted));
    expect(new Set(created.map(({ address }) => address)).size).toBe(created.length);
    store.beforeWrite = () => {};
    expect((await planAndApply(store, harbour)).failed).toEqual([]);
    expect((await planFor(store, harbour)).changes).toEqual([]);
  });

  it('lets no secret into plan, report or journal', async () => {
    const store = new StoreDouble();
    const directory = await mkdtemp(join(tmpdir(), 'breakwater-'));
    const file = join(directory, 'journal.jsonl');
    const journal = await openJournal(file);
    const plan = await planFor(store, harbour);
    store.fault = ({ path, n }) => (path === '/shelf' && n === 1 ? { status: 500, afterEffect: true } : undefined);
    const report = await applyTo(store, harbour, plan, { journal });
    await journal.close();
    const told = [
      JSON.stringify(plan),
      inspect(report, { depth: 9 }),
      renderText(plan),
      renderMarkdown(plan),
      await readFile(file, 'utf8'),
    ];
    const canaries = [
      secretValue,
      Buffer.from(secretValue).toString('base64'),
      Buffer.from(secretValue).toString('hex'),
      encodeURIComponent(secretValue),
    ];
    expect(store.secrets.get('shelf/s')).toBe(secretValue);
    expect(told.flatMap((text) => canaries.filter((canary) => text.includes(canary)))).toEqual([]);
    await rm(directory, { recursive: true });
  });
});

import { planFor } from '../../support/reconcile';
import type { AnyKind } from '../../../src/kinds/kind';
import { ApplyError, HarborApiError } from '../../../src/errors';
import { readBeyond, readState } from '../../../src/reconcile/read';
import { readEverything } from '../../../src/reconcile/read-everything';
import { createRefs } from '../../../src/reconcile/refs';
import { declare } from '../../support/declare';
import { box, inventedKinds, label, shelf } from '../../support/invented-kinds';
import { StoreDouble } from '../../support/store-double';

describe('readState', () => {
  it.each([
    [
      'what is declared and what it needs',
      declare({ label: [{ box: 'x', name: 'l' }] }),
      ['shelf', 'box', 'label'],
      ['label'],
    ],
    ['what is pruned', declare({}, { prune: ['shelf'] }), ['shelf'], ['shelf']],
    ['nothing where nothing is declared', declare({}), [], []],
  ])('reads %s, each once', async (_case, declaration, asked, kept) => {
    const store = new StoreDouble();
    const lists: string[] = [];
    const list = store.list.bind(store);
    store.list = (path) => (lists.push(path.slice(1)), list(path));
    const { current } = await readState({ client: store, kinds: inventedKinds, declaration });
    expect(lists).toEqual(asked);
    expect([...current.keys()]).toEqual(kept);
  });

  it('resolves ids to names, in any order of the responses', async () => {
    const store = new StoreDouble();
    store.seed('shelf', 's', { name: 's' });
    store.seed('box', 'x', { name: 'x', shelf_id: store.all('shelf').get('s')!.id });
    const slow: AnyKind = {
      ...shelf,
      list: async (context) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return shelf.list(context);
      },
    };
    const declaration = declare({ box: [{ name: 'x', shelf: 's' }] });
    const { current, refs } = await readState({ client: store, kinds: [box, slow], declaration });
    expect(current.get('box')).toEqual([expect.objectContaining({ identity: 'x', spec: { name: 'x', shelf: 's' } })]);
    expect(refs.id('shelf', 's')).toBe(store.all('shelf').get('s')!.id);
  });

  it('asks once for what two kinds want, and hands each the parents it is declared below', async () => {
    const store = new StoreDouble();
    store.seed('box', 'x', { name: 'x' });
    let [asked, parents]: [number, readonly string[]] = [0, []];
    const kinds: AnyKind[] = [
      shelf,
      { ...box, list: (context) => ((asked += 1), box.list(context)) },
      {
        ...label,
        list: async (context) => {
          parents = context.parents;
          await context.wires('box');
          return context.wires('box').then(() => []);
        },
      },
    ];
    await readState({ client: store, kinds, declaration: declare({ label: [{ box: 'x', name: 'l' }] }) });
    expect([asked, parents]).toEqual([1, ['x']]);
  });

  it('is all or nothing: what was not seen would be created again', async () => {
    const store = new StoreDouble();
    const broken: AnyKind = {
      ...shelf,
      list: async () => {
        throw new HarborApiError('GET /shelf: 500', { method: 'GET', url: '', status: 500 });
      },
    };
    const declaration = declare({ box: [{ name: 'x' }] });
    await expect(readState({ client: store, kinds: [broken, box], declaration })).rejects.toThrow(HarborApiError);
  });

  it('reports each kind as it arrives', async () => {
    const told: string[] = [];
    const reporter = {
      report: (event: { type: string; kind?: string; done?: number; total?: number }) =>
        void told.push(`${event.kind} ${event.done}/${event.total}`),
    };
    await readState({
      client: new StoreDouble(),
      kinds: inventedKinds,
      declaration: declare({ box: [{ name: 'x' }] }),
      reporter,
    });
    expect(told.sort()).toEqual(['box 2/2', 'shelf 1/2']);
  });
});

describe('readBeyond', () => {
  const kinds = inventedKinds.map((kind): AnyKind => ({
    ...kind,
    placements: [{ path: `${kind.name}.*` }] as never,
  }));

  it('names an object that it cannot understand', async () => {
    const store = new StoreDouble();
    store.seed('shelf', 's', { name: 's' });
    const damaged = kinds.map((kind): AnyKind =>
      kind.name === 'shelf'
        ? { ...kind, fromWire: (wire: never) => ({ id: 7, identity: '', spec: wire, faults: NAMELESS }) as never }
        : kind,
    );
    const { beyond, unseen } = await readBeyond(
      { client: store, kinds: damaged, declaration: declare({}) },
      Promise.resolve({ refs: createRefs() }),
    );
    expect(beyond.get('shelf')).toEqual([]);
    expect(unseen).toEqual([{ kind: 'shelf', reason: 'shelf/(id 7) cannot be read: name is missing' }]);
  });

  it('reads while the declared kinds are still being read, and fails with them', async () => {
    const store = new StoreDouble();
    let fail: (error: Error) => void = () => {};
    const state = new Promise<never>((_resolve, reject) => (fail = reject));
    const asked: string[] = [];
    const watched = kinds.map((kind): AnyKind => ({
      ...kind,
      list: async (context) => {
        asked.push(kind.name);
        return kind.list(context);
      },
    }));
    const beyond = readBeyond({ client: store, kinds: watched, declaration: declare({}) }, state);
    expect(asked).toContain('shelf');
    fail(new Error('the pages kept changing'));
    await expect(beyond).rejects.toThrow('the pages kept changing');
  });
});

const NAMELESS = { reason: 'name is missing', anonymous: true };

describe('readEverything', () => {
  const refusing = (harborCode?: string): AnyKind => ({
    ...shelf,
    list: async () => {
      const told = harborCode === undefined ? {} : { harborCode };
      throw new HarborApiError('GET /shelf: 403', { method: 'GET', url: '', status: 403, ...told });
    },
  });
  const client = Object.assign(new StoreDouble(), { list: async () => [] });

  it("names a kind that Harbor does not show, and fails on a proxy's 403", async () => {
    const { unreadable } = await readEverything({ client, kinds: [refusing('FORBIDDEN')] });
    expect([...unreadable]).toEqual([['shelf', 'GET /shelf: 403']]);
    await expect(readEverything({ client, kinds: [refusing()] })).rejects.toThrow('GET /shelf: 403');
  });
});

describe('createRefs', () => {
  it('learns and forgets, and reports unknown names', () => {
    const refs = createRefs();
    refs.learn('shelf', 's', 7);
    refs.learn('shelf', 'without-id', undefined);
    expect([refs.id('shelf', 's'), refs.name('shelf', 7), refs.name('box', 7)]).toEqual([7, 's', undefined]);
    refs.forget('shelf', 's');
    expect(refs.name('shelf', 7)).toBeUndefined();
    expect(() => refs.id('shelf', 's')).toThrow(ApplyError);
    expect(() => refs.id('shelf', 'without-id')).toThrow('shelf/without-id was not found in Harbor');
  });
});

describe('a long list that shifts while it is read', () => {
  const names = Array.from({ length: 120 }, (_, n) => `s${n}`);
  const declaration = declare({
    shelf: [...names, 'new'].map((name) => ({ name })),
    box: [{ name: 'x', shelf: 's7' }],
  });

  function shifting(length = names.length): StoreDouble {
    const store = new StoreDouble();
    for (const name of names.slice(0, length)) store.seed('shelf', name, { name });
    store.seed('box', 'x', { name: 'x', shelf_id: store.all('shelf').get('s7')!.id });
    const list = store.list.bind(store);
    store.list = async <T>(path: string) =>
      (await list<T>(path)).filter((thing) => (thing as { identity: string }).identity !== 's7');
    return store;
  }

  it('asks once by name for what is declared and was not seen: no phantom create, nor a replace behind it', async () => {
    const store = shifting();
    const asked: string[] = [];
    const find = store.find.bind(store);
    store.find = async <T>(path: string) => (asked.push(path), find<T>(path));
    const plan = await planFor(store, declaration);
    expect(plan.changes.map(({ action, address }) => `${action} ${address}`)).toEqual(['create shelf/new']);
    expect(asked.sort()).toEqual(['/shelf/new', '/shelf/s7']);
  });

  it('names an object that was overlooked and cannot be read, instead of planning to create it', async () => {
    const store = shifting();
    const damaged = inventedKinds.map((kind): AnyKind =>
      kind.name !== 'shelf'
        ? kind
        : {
            ...kind,
            read: async (context, identity) => {
              const live = await kind.read(context, identity);
              return live && { ...live, faults: { reason: 'url is a number, not text', anonymous: false } };
            },
          },
    );
    const state = await readState({ client: store, kinds: damaged, declaration });
    expect(state.unreadable).toEqual([{ kind: 'shelf', address: 'shelf/s7', reason: 'url is a number, not text' }]);
  });

  it('asks nothing more of a list that fits on one page', async () => {
    const store = shifting(50);
    const { current } = await readState({ client: store, kinds: inventedKinds, declaration });
    expect(current.get('shelf')).toHaveLength(49);
    expect(store.calls).toBe(2);
  });

  it('asks for a hundred at most: more are new', async () => {
    const store = shifting();
    const many = declare({ shelf: Array.from({ length: 500 }, (_, n) => ({ name: `other${n}` })) });
    await readState({ client: store, kinds: inventedKinds, declaration: many });
    expect(store.calls).toBe(101);
  });
});

describe('a list that leaves out what the credentials may not see', () => {
  const declaration = declare({ shelf: ['seen', 'hidden', 'new'].map((name) => ({ name })) });
  const refused = (status: number): HarborApiError =>
    new HarborApiError(`GET /shelf: ${status} FORBIDDEN`, { method: 'GET', url: '', status, harborCode: 'FORBIDDEN' });

  function kindsWith(isTaken: NonNullable<AnyKind['isTaken']>): AnyKind[] {
    const read: AnyKind['read'] = () => Promise.reject(refused(403));
    return inventedKinds.map((kind) => (kind.name === 'shelf' ? { ...kind, isTaken, read } : kind));
  }

  function seen(): StoreDouble {
    const store = new StoreDouble();
    store.seed('shelf', 'seen', { name: 'seen' });
    return store;
  }

  const mayHide = async (): Promise<boolean> => true;

  it('asks for each missing name whether it is taken', async () => {
    const kinds = kindsWith(async (_context, identity) => identity === 'hidden');
    const { unreadable, doubts } = await readState({ client: seen(), kinds, declaration, mayHide });
    expect(unreadable.map(({ address }) => address)).toEqual(['shelf/hidden']);
    expect(doubts).toEqual([]);
  });

  it('asks nothing if the credentials see everything', async () => {
    const kinds = kindsWith(() => Promise.reject(new Error('asked')));
    expect((await readState({ client: seen(), kinds, declaration })).unreadable).toEqual([]);
  });

  it('does not know it if Harbor refuses to answer, and the plan reports it', async () => {
    const kinds = kindsWith(() => Promise.reject(refused(403)));
    const { unreadable, doubts, current } = await readState({ client: seen(), kinds, declaration, mayHide });
    expect(unreadable).toEqual([]);
    expect(doubts.map(({ address }) => address)).toEqual(['shelf/hidden', 'shelf/new']);
    const { changes, warnings } = await planFor(seen(), declaration, { current, doubts });
    expect(changes.map(({ address }) => address)).toEqual(['shelf/hidden', 'shelf/new']);
    expect(warnings).toContainEqual({
      address: 'shelf/new',
      message: 'planned as new, but these credentials may not see it; whether it exists: GET /shelf: 403 FORBIDDEN',
    });
  });
});

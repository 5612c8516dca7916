import { readAllPages, type Page, type PagingOptions } from '../../../src/harbor/pages';
import { errorOf, withClient } from './support/client';
import { sendJson, type Script } from './support/scripted-server';

interface Item {
  readonly id: number;
}

const items = (count: number, from = 1): Item[] => Array.from({ length: count }, (_, n) => ({ id: from + n }));
const OPTIONS: PagingOptions = { pageSize: 10, concurrency: 4, countFirst: false };

/** A list as Harbor keeps it: pages of what it holds at that moment. `before` runs ahead of each page. */
function listOf(held: Item[], before: (page: number, asked: number) => void = () => undefined) {
  const asked: [number, number][] = [];
  const read = async (page: number, pageSize: number): Promise<Page<Item>> => {
    asked.push([page, pageSize]);
    before(page, asked.length);
    return { items: held.slice((page - 1) * pageSize, page * pageSize), total: held.length };
  };
  return { read, asked };
}

describe('readAllPages', () => {
  it.each([
    [0, 1],
    [1, 1],
    [9, 1],
    [10, 1],
    [11, 2],
    [95, 10],
    [100, 10],
  ])('reads %i items in %i calls', async (count, calls) => {
    const list = listOf(items(count));
    expect(await readAllPages(list.read, OPTIONS)).toEqual(items(count));
    expect(list.asked).toHaveLength(calls);
  });

  it.each([
    [0, 2],
    [10, 2],
    [11, 3],
    [100, 11],
  ])('counts first where asked to: %i items in %i calls', async (count, calls) => {
    const list = listOf(items(count));
    expect(await readAllPages(list.read, { ...OPTIONS, countFirst: true })).toEqual(items(count));
    expect(list.asked).toHaveLength(calls);
    expect(list.asked[0]).toEqual([1, 1]);
  });

  it('keeps the order, whichever page comes first', async () => {
    const list = listOf(items(95));
    const late = async (page: number, size: number): Promise<Page<Item>> => {
      await new Promise((resolve) => setTimeout(resolve, 20 - page));
      return list.read(page, size);
    };
    expect(await readAllPages(late, OPTIONS)).toEqual(items(95));
  });

  it('keeps to its concurrency', async () => {
    const list = listOf(items(200));
    let inFlight = 0;
    let most = 0;
    const slow = async (page: number, size: number): Promise<Page<Item>> => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inFlight--;
      return list.read(page, size);
    };
    await readAllPages(slow, OPTIONS);
    expect(most).toBe(4);
  });
});

describe('a list that changes while it is read', () => {
  it.each([
    ['an item is deleted: another one slides past the reader', (held: Item[]) => void held.shift()],
    ['an item is created in front: one is seen twice', (held: Item[]) => void held.unshift({ id: 1_000 })],
  ])('%s: it is read again, and nothing is missing', async (_name, change) => {
    const held = items(35);
    const list = listOf(held, (_page, asked) => asked === 3 && change(held));
    const result = await readAllPages(list.read, OPTIONS);
    expect(result).toEqual(held);
    expect(list.asked.length).toBeGreaterThan(4);
  });

  it('is given up after three readings, and never handed on in part', async () => {
    const held = items(35);
    let next = 1_000;
    const list = listOf(held, (page) => page === 2 && void held.push({ id: next++ }));
    expect(await readAllPages(list.read, OPTIONS)).toEqual({ totals: [35, 36, 37, 38] });
    expect(list.asked).toHaveLength(12);
  });
});

describe('a total that lies', () => {
  const lying = (total: number | undefined, held: Item[]) => {
    const list = listOf(held);
    return { ...list, read: async (page: number, size: number) => ({ ...(await list.read(page, size)), total }) };
  };

  it.each([1_000_000_000_000, 36])(
    'too high (%d): twice the same is believed, and bounded by what is there',
    async (total) => {
      const list = lying(total, items(35));
      expect(await readAllPages(list.read, OPTIONS)).toEqual(items(35));
      expect(list.asked.length).toBeLessThan(20);
    },
  );

  it('too high while the list also changes: not believed', async () => {
    const held = items(35);
    const list = listOf(held, (page) => page === 1 && void held.shift());
    const read = async (page: number, size: number) => ({ ...(await list.read(page, size)), total: 40 });
    expect(await readAllPages(read, OPTIONS)).toEqual({ totals: [40] });
  });

  it('too low: not believed', async () => {
    expect(await readAllPages(lying(5, items(35)).read, OPTIONS)).toEqual({ totals: [5] });
  });

  it('absent: read page by page until one is short', async () => {
    const list = lying(undefined, items(35));
    expect(await readAllPages(list.read, OPTIONS)).toEqual(items(35));
    expect(list.asked).toHaveLength(4);
  });

  it('absent, with a list that knows no pages and answers everything again', async () => {
    const whole = items(10);
    const read = async (): Promise<Page<Item>> => ({ items: whole, total: undefined });
    expect(await readAllPages(read, OPTIONS)).toEqual(whole);
  });
});

it('stops asking once a page failed', async () => {
  let asked = 0;
  const read = async (page: number): Promise<Page<Item>> => {
    asked++;
    if (page === 3) throw new Error('page 3 is broken');
    return { items: items(10, page * 10), total: 10_000 };
  };
  expect((await errorOf(readAllPages(read, OPTIONS))).message).toBe('page 3 is broken');
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(asked).toBeLessThan(12);
});

it.each([
  ['strings', ['aws-ecr', 'docker-hub', 'aws-ecr'], ['aws-ecr', 'docker-hub']],
  ['uuids', [{ uuid: 'a' }, { uuid: 'b' }], [{ uuid: 'a' }, { uuid: 'b' }]],
  ['projects', [{ project_id: 1 }, { project_id: 2 }], [{ project_id: 1 }, { project_id: 2 }]],
])('knows %s apart', async (_name, held, expected) => {
  expect(await readAllPages<unknown>(async () => ({ items: held, total: undefined }), OPTIONS)).toEqual(expected);
});

describe('Client.list', () => {
  /** Answers pages of a thousand projects. */
  const thousand: Script = ({ query }, response) => {
    const size = Number(query.get('page_size'));
    const from = (Number(query.get('page')) - 1) * size;
    const page = Array.from({ length: Math.max(0, Math.min(size, 1_000 - from)) }, (_, n) => ({ id: from + n }));
    sendJson(response, page, 200, { 'x-total-count': '1000' });
  };

  it('asks for the largest pages, with the query of its own', () =>
    withClient(thousand, {}, async ({ client, server }) => {
      expect(await client.list('/projects', { query: { sort: 'id' } })).toHaveLength(1_000);
      expect(server.seen).toHaveLength(10);
      expect(server.seen.map(({ query }) => query.get('page_size'))).toEqual(Array(10).fill('100'));
      expect(server.seen.every(({ query }) => query.get('sort') === 'id')).toBe(true);
    }));

  it('never asks for more than Harbor gives', () =>
    withClient(thousand, {}, async ({ client, server }) => {
      await client.list('/projects', { pageSize: 500 });
      expect(server.seen[0]?.query.get('page_size')).toBe('100');
    }));

  it('lets a list have a concurrency of its own', () => {
    const held: (() => void)[] = [];
    const untilTwenty: Script = (request, response) => {
      if (request.query.get('page_size') === '1') return thousand(request, response);
      held.push(() => thousand(request, response));
      if (held.length === 20) held.forEach((answer) => answer());
    };
    return withClient(untilTwenty, { concurrency: 2 }, async ({ client, server }) => {
      const list = await client.list('/quotas', { pageSize: 50, concurrency: 64, countFirst: true });
      expect(list).toHaveLength(1_000);
      expect(server.seen).toHaveLength(21);
    });
  });

  it('says so when the list cannot be seen whole', async () => {
    let total = 200;
    const restless: Script = (request, response) => {
      const page = Array.from({ length: 100 }, (_, n) => ({ id: Number(request.query.get('page')) * 100 + n }));
      sendJson(response, page, 200, { 'x-total-count': String(total++) });
    };
    await withClient(restless, {}, async ({ client, server }) => {
      const { message } = await errorOf(client.list('/projects'));
      expect(message).toContain(`GET ${server.url}/api/v2.0/projects`);
      expect(message).toContain('kept changing while it was read');
    });
  });
});

import { readAllPages, type Page, type PagingOptions } from '../../../src/harbor/pages';
import { errorOf, withClient } from './support/client';
import { sendJson, type Script } from './support/scripted-server';

// Two thousand pages of one list take their time on a busy machine.
jest.setTimeout(120_000);

interface Item {
  readonly id: number;
}

const items = (count: number, from = 1): Item[] => Array.from({ length: count }, (_, n) => ({ id: from + n }));
const OPTIONS: PagingOptions<Item> = { pageSize: 10, concurrency: 4, affordsAnother: () => true };

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
    expect(await readAllPages(list.read, OPTIONS)).toEqual({ items: items(count), settled: true });
    expect(list.asked).toHaveLength(calls);
  });

  it.each([
    [0, 2],
    [10, 2],
    [11, 3],
    [100, 11],
  ])('counts first if asked to: %i items in %i calls', async (count, calls) => {
    const list = listOf(items(count));
    expect(await readAllPages(list.read, { ...OPTIONS, pageSize: () => 10 })).toEqual({
      items: items(count),
      settled: true,
    });
    expect(list.asked).toHaveLength(calls);
    expect(list.asked[0]).toEqual([1, 1]);
  });

  it('keeps the order, whichever page comes first', async () => {
    const list = listOf(items(95));
    const late = async (page: number, size: number): Promise<Page<Item>> => {
      await new Promise((resolve) => setTimeout(resolve, 20 - page));
      return list.read(page, size);
    };
    expect((await readAllPages(late, OPTIONS)).items).toEqual(items(95));
  });

  it('keeps of a page what it should when the page arrives, and knows its items by what they were', async () => {
    const list = listOf(items(25));
    const log: unknown[] = [];
    const read = (page: number, size: number): Promise<Page<unknown>> => {
      log.push(`page ${page}`);
      return list.read(page, size);
    };
    const as = (item: unknown): { on: boolean } => {
      log.push((item as Item).id);
      return { on: true };
    };
    const { items: kept } = await readAllPages(read, { ...OPTIONS, concurrency: 1, as });
    expect(kept).toEqual(items(25).map(() => ({ on: true })));
    expect(log.slice(10, 13)).toEqual([10, 'page 2', 11]);
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
    expect(result).toEqual({ items: held, settled: true });
    expect(list.asked.length).toBeGreaterThan(4);
  });

  it('is what was seen in three readings if it never stops changing: nothing that was there is missing', async () => {
    const held = items(35);
    let next = 1_000;
    const list = listOf(held, (page) => page === 2 && void held.unshift({ id: next++ }));
    const { items: seen, settled } = await readAllPages(list.read, OPTIONS);
    expect(settled).toBe(false);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(seen.map(({ id }) => id)).toEqual(expect.arrayContaining([...items(35).map(({ id }) => id), 1_000, 1_001]));
  });

  it('is not read again if that would cost too much', async () => {
    const held = items(35);
    const list = listOf(held, (page) => page === 2 && void held.push({ id: 1_000 }));
    const once = { ...OPTIONS, affordsAnother: () => false };
    expect(await readAllPages(list.read, once)).toEqual({ items: held, settled: false });
    expect(list.asked).toHaveLength(4);
  });

  it('shows an object that was deleted and created again once', async () => {
    let reading = 0;
    const read = async (page: number): Promise<Page<{ id: number; name: string }>> => {
      reading += page === 1 ? 1 : 0;
      const name = ['a', 'b', 'c'][page - 1]!;
      return { items: [{ id: page + 10 * reading, name }], total: 3 + page };
    };
    const ids = async (): Promise<number[]> =>
      (await readAllPages(read, { ...OPTIONS, pageSize: 2 })).items.map(({ id }) => id);
    expect(await ids()).toEqual([31]);
  });

  it('shows an object as it was last seen', async () => {
    const versions = new Map<number, number>();
    const read = async (page: number): Promise<Page<{ id: number; version: number }>> => {
      const version = (versions.get(page) ?? 0) + 1;
      versions.set(page, version);
      return { items: [{ id: page, version }], total: 4 + version + (page === 2 ? 1 : 0) };
    };
    const { items: seen } = await readAllPages(read, { ...OPTIONS, pageSize: 1 });
    expect(seen.find(({ id }) => id === 1)).toEqual({ id: 1, version: 3 });
  });
});

describe('a wrong total', () => {
  const lying = (total: number | undefined, held: Item[]) => {
    const list = listOf(held);
    return { ...list, read: async (page: number, size: number) => ({ ...(await list.read(page, size)), total }) };
  };

  it.each([1_000_000_000_000, 36])(
    'too high (%d): the same result twice is accepted, bounded by the existing items',
    async (total) => {
      const list = lying(total, items(35));
      expect(await readAllPages(list.read, OPTIONS)).toEqual({ items: items(35), settled: true });
      expect(list.asked.length).toBeLessThan(20);
    },
  );

  it('too high while the list also changes: read three times', async () => {
    const held = items(35);
    const list = listOf(held, (page) => page === 1 && void held.shift());
    const read = async (page: number, size: number) => ({ ...(await list.read(page, size)), total: 40 });
    expect(await readAllPages(read, OPTIONS)).toMatchObject({ settled: false });
  });

  it.each([1, 5, 19, 34])('too low (%d): read until a page is short', async (total) => {
    const result = await readAllPages(lying(total, items(35)).read, OPTIONS);
    expect(result).toEqual({ items: items(35), settled: true });
  });

  it('absent: read page by page until one is short', async () => {
    const list = lying(undefined, items(35));
    expect(await readAllPages(list.read, OPTIONS)).toEqual({ items: items(35), settled: true });
    expect(list.asked).toHaveLength(4);
  });

  it('absent, with a list that ignores pages and returns everything again', async () => {
    const whole = items(10);
    const read = async (): Promise<Page<Item>> => ({ items: whole, total: undefined });
    expect((await readAllPages(read, OPTIONS)).items).toEqual(whole);
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
])('distinguishes %s', async (_name, held, expected) => {
  const read = async (): Promise<Page<unknown>> => ({ items: held, total: undefined });
  expect((await readAllPages<unknown>(read, OPTIONS)).items).toEqual(expected);
});

describe('Client.list', () => {
  /** Answers pages of a thousand projects. */
  const thousand: Script = ({ query }, response) => {
    const size = Number(query.get('page_size'));
    const from = (Number(query.get('page')) - 1) * size;
    const page = Array.from({ length: Math.max(0, Math.min(size, 1_000 - from)) }, (_, n) => ({ id: from + n }));
    sendJson(response, page, 200, { 'x-total-count': '1000' });
  };

  it('requests the largest pages, with its own query', () =>
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

  it('lets a list have its own concurrency', () => {
    const held: (() => void)[] = [];
    const untilTwenty: Script = (request, response) => {
      if (request.query.get('page_size') === '1') return thousand(request, response);
      held.push(() => thousand(request, response));
      if (held.length === 20) held.forEach((answer) => answer());
    };
    return withClient(untilTwenty, { concurrency: 2 }, async ({ client, server }) => {
      const list = await client.list('/quotas', { pageSize: () => 50, concurrency: 64 });
      expect(list).toHaveLength(1_000);
      expect(server.seen).toHaveLength(21);
    });
  });

  it('warns in one line that a list kept changing, and continues', async () => {
    let total = 200;
    const restless: Script = (request, response) => {
      const page = Number(request.query.get('page'));
      const full = Array.from({ length: page > 2 ? 0 : 100 }, (_, n) => ({ id: page * 100 + n }));
      sendJson(response, full, 200, { 'x-total-count': String(total++) });
    };
    const notices: string[] = [];
    const onNotice = ({ message }: { message: string }): void => void notices.push(message);
    await withClient(restless, { onNotice }, async ({ client }) => {
      expect(await client.list('/projects')).toHaveLength(200);
      expect(notices).toEqual([
        '/projects: the list kept changing while it was read; continuing with the 200 objects that were read',
      ]);
    });
  });
});

describe('what one list may cost', () => {
  const forever =
    (headers: Record<string, string>, item: (n: number) => unknown): Script =>
    ({ query }, response) => {
      const page = Number(query.get('page'));
      const size = Number(query.get('page_size'));
      const full = Array.from({ length: size }, (_, n) => item(page * size + n));
      sendJson(response, full, 200, headers);
    };
  const LIES = [{ 'x-total-count': '1000000000000' }, { 'x-total-count': '1' }, { 'x-total-count': 'many' }, {}];

  it.each(LIES)('its bytes, with the total %j', (headers) =>
    withClient(
      forever(headers, (id) => ({ id, name: 'x'.repeat(1_000) })),
      { maxListBytes: 4 * 2 ** 20 },
      async ({ client, server }) => {
        const error = await errorOf(client.list('/projects'));
        expect(error).toMatchObject({ code: 'NETWORK_BODY_LIMIT' });
        expect(error.message).toBe(`GET ${server.url}/api/v2.0/projects: the list is larger than 4 MiB`);
        expect(server.seen.length).toBeLessThan(80);
      },
    ),
  );

  it.each(LIES)('its pages, with the total %j', (headers) =>
    withClient(
      forever(headers, (id) => id),
      {},
      async ({ client, server }) => {
        const error = await errorOf(client.list('/projects'));
        expect(error.message).toBe(`GET ${server.url}/api/v2.0/projects: the list has more than 2000 pages`);
        expect(server.seen.length).toBeLessThan(2_100);
      },
    ),
  );

  it('the bytes of pages that are read side by side count together', () =>
    withClient(
      ({ query }, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'x-total-count': '100000' });
        if (query.get('page') === '1')
          return response.end(JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id }))));
        const timer = setInterval(() => response.write(' '.repeat(32_768)), 2);
        response.on('close', () => clearInterval(timer));
        return undefined;
      },
      { maxListBytes: 2 * 2 ** 20 },
      async ({ client }) => {
        await expect(client.list('/projects')).rejects.toMatchObject({ code: 'NETWORK_BODY_LIMIT' });
      },
    ));

  it('its time, however quick each page is and however long a server asks to wait', async () => {
    const slow: Script = (request, response) => {
      setTimeout(() => forever({}, (id) => ({ id }))(request, response), 50);
    };
    const patient: Script = (request, response) =>
      Number(request.query.get('page')) % 2 === 0 && Math.random() < 0.5
        ? void response.writeHead(503, { 'retry-after': '1' }).end()
        : slow(request, response);
    for (const script of [slow, patient])
      await withClient(script, { timeouts: { listMs: 600 } }, async ({ client, server }) => {
        const startedAt = performance.now();
        expect((await errorOf(client.list('/projects'))).message).toContain(`${server.url}/api/v2.0/projects`);
        expect(performance.now() - startedAt).toBeLessThan(12_000);
      });
  });

  it('waiting behind other requests costs it nothing', () => {
    const slow: Script = ({ query }, response) =>
      void setTimeout(() => {
        const full = Array.from({ length: query.get('page') === '3' ? 1 : 100 }, (_, n) => ({
          id: `${query.get('page')}/${n}`,
        }));
        sendJson(response, full, 200, { 'x-total-count': '201' });
      }, 40);
    return withClient(slow, { concurrency: 1, timeouts: { listMs: 400 } }, async ({ client }) => {
      const lists = await Promise.all(Array.from({ length: 8 }, (_, n) => client.list(`/projects/${n}/members`)));
      expect(lists.map((list) => list.length)).toEqual(Array(8).fill(201));
    });
  });
});

import { NetworkError } from '../../../src/errors';
import { readBounded } from '../../../src/http/body';

/** Chunks of ten bytes, and how many of them were taken. */
function chunks(count: number) {
  const taken = { chunks: 0, closed: false };
  async function* make(): AsyncGenerator<Uint8Array> {
    try {
      for (; taken.chunks < count; taken.chunks++) yield Buffer.from('0123456789');
    } finally {
      taken.closed = true;
    }
  }
  return { body: make(), taken };
}

it.each([
  [0, 0],
  [3, 30],
  [3, 1_000],
])('reads %i chunks within %i bytes', async (count, limit) => {
  expect((await readBounded(chunks(count).body, limit, 'https://h.example/')).toString()).toBe(
    '0123456789'.repeat(count),
  );
});

it('stops at the first byte too many, and closes the source', async () => {
  const { body, taken } = chunks(1_000_000);
  await expect(readBounded(body, 25, 'https://u:p@h.example/')).rejects.toMatchObject({
    code: 'NETWORK_BODY_LIMIT',
    url: 'https://h.example/',
    constructor: NetworkError,
  });
  expect(taken).toEqual({ chunks: 2, closed: true });
});

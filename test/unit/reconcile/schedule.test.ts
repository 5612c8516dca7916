import type { Change } from '../../../src/plan/plan';
import { schedule } from '../../../src/reconcile/schedule';

const change = (address: string, after: readonly string[] = []): Change => ({
  action: 'create',
  kind: 'box',
  identity: address,
  address,
  after,
  fields: [],
  precondition: null,
});
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('schedule', () => {
  it('finishes a stage before it starts the next', async () => {
    const seen: string[] = [];
    const changes = ['a', 'b', 'c'].map((address) => change(address));
    await schedule(
      changes,
      ({ address }) => (address === 'c' ? 0 : 1),
      8,
      async ({ address }) => {
        seen.push(`${address} starts`);
        await later(5);
        seen.push(`${address} ends`);
      },
    );
    expect(seen.slice(0, 2)).toEqual(['c starts', 'c ends']);
  });

  it('lets a change wait for those it names, and nobody else', async () => {
    const ended: string[] = [];
    const changes = [change('slow'), change('needs-slow', ['slow']), change('free')];
    await schedule(
      changes,
      () => 0,
      3,
      async ({ address }) => {
        await later(address === 'slow' ? 20 : 0);
        ended.push(address);
      },
    );
    expect(ended).toEqual(['free', 'slow', 'needs-slow']);
  });

  it('answers in the order of the plan, and does not wait forever in one that was written by hand', async () => {
    const changes = [change('a', ['b']), change('b', ['a', 'not-there'])];
    expect(
      await schedule(
        changes,
        () => 0,
        1,
        async ({ address }) => address,
      ),
    ).toEqual(['a', 'b']);
  });

  it('has nothing to do for an empty plan', async () => {
    expect(
      await schedule(
        [],
        () => 0,
        4,
        async () => 1,
      ),
    ).toEqual([]);
  });
});

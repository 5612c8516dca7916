import type { Change } from '../../../src/plan/plan';
import { adaptivePace, fixedPace, START } from '../../../src/reconcile/pace';
import { schedule } from '../../../src/reconcile/schedule';

const change = (address: string, dependsOn: readonly string[] = []): Change => ({
  action: 'create',
  kind: 'box',
  identity: address,
  address,
  dependsOn,
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
      fixedPace(8),
      async ({ address }) => {
        seen.push(`${address} starts`);
        await later(5);
        seen.push(`${address} ends`);
      },
    );
    expect(seen.slice(0, 2)).toEqual(['c starts', 'c ends']);
  });

  it('makes a change wait only for those in its after', async () => {
    const ended: string[] = [];
    const changes = [change('slow'), change('needs-slow', ['slow']), change('free')];
    await schedule(
      changes,
      () => 0,
      fixedPace(3),
      async ({ address }) => {
        await later(address === 'slow' ? 20 : 0);
        ended.push(address);
      },
    );
    expect(ended).toEqual(['free', 'slow', 'needs-slow']);
  });

  it('returns results in the order of the plan, and does not hang in an edited one', async () => {
    const changes = [change('a', ['b']), change('b', ['a', 'not-there'])];
    expect(
      await schedule(
        changes,
        () => 0,
        fixedPace(1),
        async ({ address }) => address,
      ),
    ).toEqual(['a', 'b']);
  });

  it('has nothing to do for an empty plan', async () => {
    expect(
      await schedule(
        [],
        () => 0,
        fixedPace(4),
        async () => 1,
      ),
    ).toEqual([]);
  });
});

describe('the pace', () => {
  const answered = (pace: ReturnType<typeof adaptivePace>, count: number, ms: number, sort = 'POST box'): void => {
    for (let i = 0; i < count; i++) pace.observe(sort, ms, false);
  };

  it('starts with six, and grows to 32 while responses stay fast', () => {
    const pace = adaptivePace();
    expect(pace.limit).toBe(START);
    answered(pace, START, 20);
    expect(pace.limit).toBe(START + 1);
    answered(pace, 1_000, 20);
    expect(pace.limit).toBe(32);
  });

  it('compares a response with the fastest of its type', () => {
    const pace = adaptivePace();
    for (let i = 0; i < 500; i++) {
      answered(pace, 1, 5, 'POST label');
      answered(pace, 1, 200, 'POST project');
    }
    expect(pace.limit).toBe(32);
  });

  it('stays if responses become slower, and decreases if they queue', () => {
    const pace = adaptivePace();
    answered(pace, START, 20);
    answered(pace, 100, 40);
    const { limit } = pace;
    answered(pace, 100, 40);
    expect(pace.limit).toBe(limit);
    answered(pace, 100, 200);
    expect(pace.limit).toBeLessThan(limit);
  });

  it('keeps six in flight if responses queue, because some of them wait for the journal and not for Harbor', () => {
    const pace = adaptivePace();
    answered(pace, 1, 20);
    answered(pace, 1_000, 200);
    expect(pace.limit).toBe(START);
    pace.observe('POST box', 200, true);
    answered(pace, 1_000, 200);
    expect(pace.limit).toBe(3);
  });

  it('halves if a server is busy, and never stops', () => {
    const pace = adaptivePace();
    answered(pace, 1_000, 20);
    pace.observe('POST box', 20, true);
    expect(pace.limit).toBe(16);
    for (let i = 0; i < 10; i++) pace.observe('POST box', 20, true);
    expect(pace.limit).toBe(2);
  });

  it('adapts during a run', async () => {
    const pace = { limit: 1 };
    let running = 0;
    const seen: number[] = [];
    await schedule(
      Array.from({ length: 12 }, (_, i) => change(`c${i}`)),
      () => 0,
      pace,
      async () => {
        seen.push(++running);
        await later(2);
        running--;
        pace.limit = 4;
      },
    );
    expect(seen[0]).toBe(1);
    expect(Math.max(...seen)).toBe(4);
  });
});

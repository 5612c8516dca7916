import { runForEach, type FleetSteps } from '../../../src/app/fleet';
import { UsageError } from '../../../src/errors';

interface Task {
  readonly instance: string;
}
const tasks: readonly Task[] = [{ instance: 'eu' }, { instance: 'us' }, { instance: 'asia' }];

/** Runs them; a function in `actions` says what one does, the others print their name and end with 0. */
async function fleet(actions: Readonly<Record<string, FleetSteps<Task, number>['run']>> = {}, signal = never()) {
  const seen: string[] = [];
  const result = await runForEach(tasks, {
    signal,
    begin: ({ instance }, index) => void seen.push(`begin ${index} ${instance}`),
    run: (task, results) => {
      const action = actions[task.instance] ?? ((_task, { out }) => (out(task.instance), Promise.resolve(0)));
      return action(task, results);
    },
    failed: ({ instance }, error) => void seen.push(`failed ${instance}: ${(error as Error).message}`),
    codeOf: (error) => (error instanceof UsageError ? 1 : 8),
  });
  return { ...result, seen };
}

const never = (): AbortSignal => new AbortController().signal;

describe('one run for each Harbor', () => {
  it('begins them in order, and collects what each printed', async () => {
    const { runs, left, seen } = await fleet();
    expect(seen).toEqual(['begin 0 eu', 'begin 1 us', 'begin 2 asia']);
    expect(runs).toEqual([
      { instance: 'eu', exitCode: 0, out: 'eu' },
      { instance: 'us', exitCode: 0, out: 'us' },
      { instance: 'asia', exitCode: 0, out: 'asia' },
    ]);
    expect(left).toEqual([]);
  });

  it('keeps the last summary, and every piece of the output', async () => {
    const { runs } = await fleet({
      eu: (_task, { out, summarise }) => {
        for (const text of ['a', 'b']) out(text);
        for (const text of ['first', 'last']) summarise(text);
        return Promise.resolve(2);
      },
    });
    expect(runs[0]).toEqual({ instance: 'eu', exitCode: 2, summary: 'last', out: 'ab' });
  });

  it('goes on after an error, which is the summary of that Harbor in one line', async () => {
    const error = new UsageError('no such file\nsecond line');
    const { runs, seen } = await fleet({
      us: (_task, { out }) => {
        out('before the error');
        return Promise.reject(error);
      },
    });
    expect(seen).toEqual(['begin 0 eu', 'begin 1 us', `failed us: ${error.message}`, 'begin 2 asia']);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 1, 0]);
    expect(runs[1]).toMatchObject({ out: 'before the error', error });
    expect(runs[1]?.summary).toMatch(/no such file/);
    expect(runs[1]?.summary).not.toContain('\n');
  });

  it('begins no other one after the signal, and names those that are left', async () => {
    const stop = new AbortController();
    const { runs, left, seen } = await fleet(
      {
        eu: () => {
          stop.abort('SIGINT');
          return Promise.resolve(0);
        },
      },
      stop.signal,
    );
    expect([runs.length, left, seen]).toEqual([1, ['us', 'asia'], ['begin 0 eu']]);
  });
});

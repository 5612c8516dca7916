import { join } from 'node:path';
import { startSandbox } from '../../src/sandbox';
import { DEFERRED } from './deferred';
import { isSelfContained, loadRecordings, type Recording } from './recording';
import { type Replay, replay } from './replay';

/** 400 s, the longest that a real Harbor takes to cache, are 12 s here. */
const TIME_SCALE = 0.03;
const IN_FLIGHT = 6;

describe.each(Object.entries(DEFERRED))('the sandbox answers as a real Harbor %s', (harbor, deferred) => {
  const recordings = loadRecordings(join(__dirname, 'recordings', `harbor-${harbor}`));
  const replays = new Map<string, Replay>();
  const errors: unknown[] = [];

  beforeAll(async () => {
    const sandbox = await startSandbox({
      timeScale: TIME_SCALE,
      harborVersion: `v${harbor}`,
      onError: (e) => errors.push(e),
    });
    await replayAll(recordings, sandbox.url, replays);
    await sandbox.close();
    process.stdout.write(`${summary(harbor, [...replays.values()])}\n`);
  }, 240_000);

  it('has no error of its own', () => {
    expect(errors).toEqual([]);
  });

  it('has every deferred recording', () => {
    const names = recordings.map((recording) => recording.case);
    expect(Object.keys(deferred).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(recordings.map((recording) => [recording.case, deferred[recording.case] ?? 'agrees']))('%s: %s', (name) => {
    const { differences } = replays.get(name)!;
    if (deferred[name] === undefined) expect(differences).toEqual([]);
    else expect(differences).not.toEqual([]);
  });
});

/** Those that look at what is global run alone, on a fresh instance; the others, mostly waits, side by side after. */
async function replayAll(all: readonly Recording[], url: string, replays: Map<string, Replay>): Promise<void> {
  const run = async (recording: Recording): Promise<void> => {
    replays.set(recording.case, await replay(recording, { url, timeScale: TIME_SCALE }));
  };
  for (const recording of all.filter((one) => !isSelfContained(one))) await run(recording);
  const queue = all.filter(isSelfContained).values();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const recording of queue) await run(recording);
    }),
  );
}

function summary(harbor: string, replays: readonly Replay[]): string {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const cases = replays.filter(({ differences }) => differences.length === 0).length;
  return (
    `fidelity: ${cases} of ${replays.length} recordings of Harbor ${harbor} agree fully ` +
    `(${Object.keys(DEFERRED[harbor] ?? {}).length} deferred), ${sum(replays.map(({ agreeing }) => agreeing))} of ` +
    `${sum(replays.map(({ steps }) => steps))} steps`
  );
}

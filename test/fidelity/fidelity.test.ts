import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { DEFERRED } from './deferred';
import { isSelfContained, loadRecordings, type Recording } from './recording';
import { type Replay, replay } from './replay';

/** 400 s, the longest that a real Harbor takes to cache, are 12 s here. */
const TIME_SCALE = 0.03;
const IN_FLIGHT = 6;
const HARBOR = '2.15.2';

const recordings = loadRecordings(join(__dirname, 'recordings', `harbor-${HARBOR}`));

describe(`the sandbox answers as a real Harbor ${HARBOR}`, () => {
  const replays = new Map<string, Replay>();
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: TIME_SCALE, harborVersion: `v${HARBOR}` });
    await replayAll(recordings, sandbox, replays);
  }, 240_000);

  afterAll(async () => {
    await sandbox.close();
    process.stdout.write(`${summary([...replays.values()])}\n`);
  });

  it('knows every deferred recording', () => {
    const names = recordings.map((recording) => recording.case);
    expect(Object.keys(DEFERRED).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(recordings.filter(({ case: name }) => DEFERRED[name] === undefined).map(({ case: name }) => [name]))(
    '%s',
    (name) => {
      expect(replays.get(name)!.differences).toEqual([]);
    },
  );

  it.each(Object.entries(DEFERRED))('%s differs still: %s', (name) => {
    expect(replays.get(name)!.differences).not.toEqual([]);
  });
});

/** Those that look at what is global run alone, on a fresh instance; the others, mostly waits, side by side after. */
async function replayAll(all: readonly Recording[], sandbox: Sandbox, replays: Map<string, Replay>): Promise<void> {
  const run = async (recording: Recording): Promise<void> => {
    replays.set(recording.case, await replay(recording, { url: sandbox.url, timeScale: TIME_SCALE }));
  };
  for (const recording of all.filter((one) => !isSelfContained(one))) await run(recording);
  const queue = all.filter(isSelfContained).values();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const recording of queue) await run(recording);
    }),
  );
}

function summary(replays: readonly Replay[]): string {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const cases = replays.filter(({ differences }) => differences.length === 0).length;
  return (
    `fidelity: ${cases} of ${replays.length} recordings of Harbor ${HARBOR} agree fully ` +
    `(${Object.keys(DEFERRED).length} deferred), ${sum(replays.map(({ agreeing }) => agreeing))} of ` +
    `${sum(replays.map(({ steps }) => steps))} steps`
  );
}

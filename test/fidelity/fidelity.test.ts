import { join } from 'node:path';
import { startSandbox } from '../../src/sandbox';
import { DEFERRED } from './deferred';
import { isSelfContained, loadRecordings, type Recording } from './recording';
import { type Replay, replay, type ReplayOptions } from './replay';

/** 400 s, the longest that a real Harbor takes to cache, are 12 s here. */
const TIME_SCALE = 0.03;
const IN_FLIGHT = 6;
const RECORDED_WHOLE = '2.15.2';
/**
 * What differs is replayed again, alone and on slower clocks: many a recording looks at what holds for 20 s of Harbor's
 * time, and a busy machine may be late for that. A real difference differs at any speed.
 */
const SLOWER_TIME_SCALES = [0.1, 0.4];

/**
 * Recordings of 2.15.2 that were made after the other version's. Its own say that it answers a step of them otherwise:
 * blanks around a robot prefix are cut (next/robot-prefix), and a ping by id looks at no url (next/registry-url-change).
 */
const CHANGED: Readonly<Record<string, readonly string[]>> = {
  '2.16-dev': ['configurations/stored-form', 'registries/ping'],
};

interface Version {
  readonly harbor: string;
  readonly deferred: Readonly<Record<string, string>>;
  readonly recordings: readonly Recording[];
  readonly replays: Map<string, Replay>;
  readonly errors: unknown[];
}

const versions = Object.entries(DEFERRED).map(([harbor, deferred]): Version => {
  const recordings = [...recordingsOf(harbor), ...unchangedIn(harbor)];
  return { harbor, deferred, recordings, replays: new Map(), errors: [] };
});

// Mostly waits: every version has a sandbox of its own, and all are replayed side by side.
beforeAll(async () => {
  await Promise.all(versions.map(replayVersion));
}, 900_000);

async function replayVersion({ harbor, deferred, recordings, replays, errors }: Version): Promise<void> {
  const at = async (timeScale: number, some: readonly Recording[], inFlight: number): Promise<void> => {
    const harborVersion = `v${harbor.replace('-dev', '.0')}`;
    const sandbox = await startSandbox({ timeScale, harborVersion, onError: (error) => errors.push(error) });
    await replayAll(some, { url: sandbox.url, timeScale }, inFlight, replays);
    await sandbox.close();
  };
  await at(TIME_SCALE, recordings, IN_FLIGHT);
  for (const timeScale of SLOWER_TIME_SCALES) {
    const late = recordings.filter((one) => isSelfContained(one) && !deferred[one.case] && differs(replays, one));
    if (late.length > 0) await at(timeScale, late, 1);
  }
  process.stdout.write(`${summary(harbor, [...replays.values()])}\n`);
}

describe.each(versions)(
  'the sandbox responds like a real Harbor $harbor',
  ({ deferred, recordings, replays, errors }) => {
    it('has no error itself', () => {
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
  },
);

function recordingsOf(harbor: string): Recording[] {
  return loadRecordings(join(__dirname, 'recordings', `harbor-${harbor}`));
}

/**
 * Other versions were recorded where they differ, with all cases of 2.15.2 but `proxy/index*`: what is not there
 * answered the same. Those that wait for something are left out, for the sake of time.
 */
function unchangedIn(harbor: string): Recording[] {
  if (harbor === RECORDED_WHOLE) return [];
  const own = new Set([...recordingsOf(harbor).map((recording) => recording.case), ...(CHANGED[harbor] ?? [])]);
  const waits = ({ steps }: Recording): boolean => steps.some(({ until, sleepS }) => until ?? sleepS);
  return recordingsOf(RECORDED_WHOLE).filter(
    (recording) => !own.has(recording.case) && !recording.case.startsWith('proxy/index') && !waits(recording),
  );
}

function differs(replays: ReadonlyMap<string, Replay>, recording: Recording): boolean {
  return replays.get(recording.case)!.differences.length > 0;
}

/** Those that look at what is global run alone, on a fresh instance; the others, mostly waits, side by side after. */
async function replayAll(
  all: readonly Recording[],
  options: ReplayOptions,
  inFlight: number,
  replays: Map<string, Replay>,
): Promise<void> {
  const run = async (recording: Recording): Promise<void> => {
    replays.set(recording.case, await replay(recording, options));
  };
  for (const recording of all.filter((one) => !isSelfContained(one))) await run(recording);
  const queue = all.filter(isSelfContained).values();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
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

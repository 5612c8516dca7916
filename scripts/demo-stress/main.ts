import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { mapBounded } from '../../src/map-bounded';
import type { Ended } from './several';

/** `npm run test:demo-stress`: runs the demo next to CPU hogs, often enough to find a rare false alarm. */
const RUNS = Number(process.env['DEMO_RUNS'] ?? 200);
const HOGS_PER_CORE = Number(process.env['DEMO_HOGS'] ?? 4);
/** Processes at the same time. Parallel demos also load each other. */
const AT_ONCE = Number(process.env['DEMO_AT_ONCE'] ?? 1);
/** Demos of one process. A third of the CPU time of a demo is its modules and what V8 compiles. */
const EACH = Number(process.env['DEMO_EACH'] ?? 1);
const PROGRAM = join(__dirname, '..', '..', 'src', 'cli', 'main.js');
const SEVERAL = join(__dirname, 'several.js');

/** Uses all CPU time that it gets. */
function hog(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (;;) Math.sqrt(Math.random())'], { stdio: 'ignore' });
}

/** Started as by a user. */
function program(): Promise<Ended[]> {
  const report = mkdtempSync(join(tmpdir(), 'breakwater-demo-stress-'));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'demo', '--report', report]);
  const end = lastPrinted(child);
  return new Promise((resolve) =>
    child.once('close', (code) => {
      rmSync(report, { recursive: true, force: true });
      resolve([{ code, seconds: Math.round((performance.now() - startedAt) / 1000), end: end() }]);
    }),
  );
}

/** One after another in one process. Those that it does not get to have no code. */
function several(count: number): Promise<Ended[]> {
  const child = fork(SEVERAL, [String(count)], { silent: true });
  const end = lastPrinted(child);
  const ended: Ended[] = [];
  child.on('message', (one) => ended.push(one as Ended));
  return new Promise((resolve) =>
    child.once('close', () => {
      while (ended.length < count) ended.push({ code: null, seconds: 0, end: end() });
      resolve(ended);
    }),
  );
}

function lastPrinted({ stdout, stderr }: ChildProcess): () => string {
  let text = '';
  for (const stream of [stdout, stderr])
    stream?.on('data', (chunk: Buffer) => (text = `${text}${chunk.toString()}`.slice(-4_000)));
  return () => text;
}

/** The first one is always started as by a user. */
function processes(): number[] {
  const counts = [1];
  for (let left = RUNS - 1; left > 0; left -= EACH) counts.push(Math.min(left, EACH));
  return counts;
}

async function main(): Promise<void> {
  const hogs = Array.from({ length: HOGS_PER_CORE * availableParallelism() }, hog);
  let [done, red] = [0, 0];
  const tell = ({ code, seconds, end }: Ended): void => {
    if (code !== 0) red++;
    process.stdout.write(`run ${++done} of ${RUNS}: ${code === 0 ? 'green' : `exit ${code}`} after ${seconds} s\n`);
    if (code !== 0) process.stdout.write(`${end}\n`);
  };
  try {
    await mapBounded(processes(), AT_ONCE, async (count) =>
      (await (count === 1 ? program() : several(count))).forEach(tell),
    );
  } finally {
    for (const one of hogs) one.kill('SIGKILL');
  }
  process.stdout.write(`${red} of ${RUNS} red\n`);
  process.exitCode = red === 0 ? 0 : 1;
}

void main();

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

/** `npm run test:demo-stress`: runs the demo next to CPU hogs, often enough to find a rare false alarm. */
const RUNS = Number(process.env['DEMO_RUNS'] ?? 200);
const HOGS_PER_CORE = Number(process.env['DEMO_HOGS'] ?? 4);
/** Parallel demos also load each other: CI runs ten in the time of three. */
const AT_ONCE = Number(process.env['DEMO_AT_ONCE'] ?? 1);
const PROGRAM = join(__dirname, '..', '..', 'src', 'cli', 'main.js');

/** Uses all CPU time that it gets. */
function hog(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (;;) Math.sqrt(Math.random())'], { stdio: 'ignore' });
}

interface Ended {
  readonly code: number | null;
  readonly seconds: number;
  /** What was printed last. */
  readonly end: string;
}

function demo(): Promise<Ended> {
  const report = mkdtempSync(join(tmpdir(), 'breakwater-demo-stress-'));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'demo', '--report', report]);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text = `${text}${chunk.toString()}`.slice(-4_000)));
  return new Promise((resolve) =>
    child.once('close', (code) => {
      rmSync(report, { recursive: true, force: true });
      resolve({ code, seconds: Math.round((performance.now() - startedAt) / 1000), end: text });
    }),
  );
}

async function main(): Promise<void> {
  const hogs = Array.from({ length: HOGS_PER_CORE * availableParallelism() }, hog);
  let [begun, red] = [0, 0];
  const worker = async (): Promise<void> => {
    while (begun < RUNS) {
      const run = ++begun;
      const { code, seconds, end } = await demo();
      if (code !== 0) red++;
      process.stdout.write(`run ${run} of ${RUNS}: ${code === 0 ? 'green' : `exit ${code}`} after ${seconds} s\n`);
      if (code !== 0) process.stdout.write(`${end}\n`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    for (const one of hogs) one.kill('SIGKILL');
  }
  process.stdout.write(`${red} of ${RUNS} red\n`);
  process.exitCode = red === 0 ? 0 : 1;
}

void main();

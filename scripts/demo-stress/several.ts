import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/program';
import { processTerminal } from '../../src/cli/terminal/terminal';

/** A demo that has ended. */
export interface Ended {
  /** Null: its process was killed. */
  readonly code: number | null;
  readonly seconds: number;
  /** What was printed last. */
  readonly end: string;
}

const PRINTED = 4_000;

/** The command `demo` in this process. */
async function demo(): Promise<Ended> {
  const report = mkdtempSync(join(tmpdir(), 'breakwater-demo-stress-'));
  const startedAt = performance.now();
  let end = '';
  const print = (text: string): void => void (end = `${end}${text}`.slice(-PRINTED));
  const terminal = { ...processTerminal(), out: print, err: print, live: false };
  const code = await run(['demo', '--report', report], terminal, new AbortController().signal);
  rmSync(report, { recursive: true, force: true });
  return { code, seconds: Math.round((performance.now() - startedAt) / 1000), end };
}

/** Demos one after another: V8 compiles the program once, and not for each of them. */
async function main(count: number): Promise<void> {
  for (let i = 0; i < count; i++) process.send!(await demo());
  process.disconnect();
}

void main(Number(process.argv[2]));

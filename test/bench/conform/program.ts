import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Usage } from '../../../scripts/performance/report';

const EVERY_MS = 5;
/** Of a tick of /proc/PID/stat, on every Linux that Node runs on. */
const TICK_MS = 10;

/**
 * Runs a program to its end and watches it in /proc, because Node tells nothing of the resources of a child.
 * @throws Error with what it printed when it fails
 */
export async function measureProgram(command: readonly string[]): Promise<Usage> {
  const [file = '', ...args] = command;
  const startedAt = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said = (said + text).slice(-2000)));
  let usage = { cpuMs: 0, maxRssMebibytes: 0 };
  const watch = setInterval(() => (usage = usageOf(child.pid) ?? usage), EVERY_MS);
  const [code] = (await once(child, 'exit')) as [number | null];
  const elapsedMs = performance.now() - startedAt;
  clearInterval(watch);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${said}`);
  return { elapsedMs, ...usage };
}

/** undefined when it has just ended. */
export function usageOf(pid: number | undefined): Omit<Usage, 'elapsedMs'> | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may hold anything: state is the third field, and utime to cstime the 14th to 17th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    const peakKibibytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (peakKibibytes === undefined) return undefined;
    return { cpuMs: ticks * TICK_MS, maxRssMebibytes: Number(peakKibibytes) / 1024 };
  } catch {
    return undefined;
  }
}

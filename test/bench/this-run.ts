import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type { BenchReport, Line } from '../../scripts/performance/report';

const PROGRAMS: readonly (readonly [string, ...string[]])[] = [
  ['skopeo', '--version'],
  ['docker-registry', '--version'],
  ['crane', 'version'],
  ['terraform', '-version'],
];

/** @param more what else is not there */
export function aboutThisRun(
  lines: readonly Line[],
  loadAtStart: number,
  more: readonly (string | undefined)[],
): BenchReport {
  const asked = PROGRAMS.map(([program, ...args]) => ({ program, version: versionOf(program, args) }));
  const missing = asked.filter(({ version }) => version === undefined).map(({ program }) => program);
  const [cpu] = cpus();
  return {
    schemaVersion: 1,
    day: new Date().toISOString().slice(0, 10),
    machine: {
      cpu: cpu?.model ?? 'unknown',
      cores: cpus().length,
      memoryGib: Math.round(totalmem() / 2 ** 30),
      system: `Linux ${release().split('.', 2).join('.')}`,
    },
    loadAtStart,
    versions: [`node ${process.version}`, ...asked.flatMap(({ version }) => version ?? [])],
    absent: [...new Set([...missing, ...more.filter((one) => one !== undefined)])],
    lines,
  };
}

export function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}

function versionOf(program: string, args: readonly string[]): string | undefined {
  try {
    const said = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [first = ''] = said.trim().split('\n');
    return first.toLowerCase().startsWith(program) ? first : `${program} ${first}`;
  } catch {
    return undefined;
  }
}

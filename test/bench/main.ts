import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conform } from './conform/conform';
import { declaring } from './harbor/harbor';
import { terraformAbsence } from './harbor/terraform';
import { hashing } from './hashing';
import { chart } from '../../scripts/performance/chart';
import { performancePage } from '../../scripts/performance/page';
import type { BenchReport, Line } from '../../scripts/performance/report';
import { reportText } from '../../scripts/performance/text';
import { startUp } from './start-up';
import { aboutThisRun, loadNow } from './this-run';

interface Options {
  /** Also what takes minutes. */
  readonly all: boolean;
}

const BENCHES: Readonly<Record<string, (options: Options) => Promise<readonly Line[]>>> = {
  'start-up': startUp,
  plan: declaring,
  hashing,
  conform,
};

/**
 * `npm run bench [-- NAME…] [--all] [--quick] [--write]`: figures that mean something because each stands beside another from the
 * same run on the same machine. Nothing here passes or fails; tests count calls and bytes instead of seconds. JSON, table
 * and chart are written to out/bench, and with `--write` to docs/guides, where the performance guide comes from.
 */
async function main(words: readonly string[]): Promise<void> {
  const wanted = words.filter((word) => !word.startsWith('--'));
  const options: Options = { all: words.includes('--all') };
  const loadAtStart = loadNow();
  const lines: Line[] = [];
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    const startedAt = performance.now();
    try {
      lines.push(...(await bench(options)));
    } catch (error) {
      // What the others found is worth its half hour.
      process.stderr.write(`${name}: ${(error as Error).stack}\n`);
      process.exitCode = 1;
    }
    process.stderr.write(`${name}: ${Math.round((performance.now() - startedAt) / 1_000)} s\n`);
  }
  const report = aboutThisRun(lines, loadAtStart, [terraformAbsence()]);
  process.stdout.write(reportText(report));
  write(join('out', 'bench'), report);
  if (words.includes('--write')) write(join('docs', 'guides'), report);
}

function write(directory: string, report: BenchReport): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'performance.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(join(directory, 'performance.svg'), chart(report.lines));
  writeFileSync(join(directory, 'performance.md'), performancePage(report));
}

void main(process.argv.slice(2));

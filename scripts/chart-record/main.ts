import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import compare from 'semver/functions/compare';
import { formatted } from '../formatted';
import { readChart } from './read-chart';

export const RECORD = 'src/deploy/cluster/charts.json';

interface ChartRecord {
  readonly source: string;
  /** By the chart's version. `values`: a key of `values` below, the first chart that reads the same. */
  charts: Record<string, { readonly appVersion: string; readonly commit: string; readonly values: string }>;
  readonly values: Record<string, readonly string[]>;
}

/**
 * `npm run chart-record GIT-DIRECTORY REVISION…`: adds versions of Harbor's chart to the record, from a clone of
 * goharbor/harbor-helm. A version without a tag is named by its commit.
 */
function main([directory, ...revisions]: readonly string[]): void {
  if (directory === undefined || revisions.length === 0)
    throw new Error('usage: npm run chart-record GIT-DIRECTORY REVISION…');
  const record = JSON.parse(readFileSync(RECORD, 'utf8')) as ChartRecord;
  for (const revision of revisions) addChart(record, directory, revision);
  record.charts = Object.fromEntries(Object.entries(record.charts).sort(([a], [b]) => compare(a, b)));
  writeFileSync(RECORD, formatted(RECORD, JSON.stringify(record)));
}

function addChart(record: ChartRecord, directory: string, revision: string): void {
  const show = (file: string): string => git(directory, 'show', `${revision}:${file}`);
  const files = git(directory, 'ls-tree', '-r', '--name-only', revision, 'templates').trim().split('\n');
  const chart = readChart({
    chart: show('Chart.yaml'),
    values: show('values.yaml'),
    templates: files.map((file) => show(file)),
  });
  const text = JSON.stringify(chart.values);
  const known = Object.entries(record.values).find(([, values]) => JSON.stringify(values) === text)?.[0];
  const values = known ?? chart.version;
  record.values[values] = chart.values;
  const commit = git(directory, 'rev-parse', `${revision}^{commit}`).trim();
  record.charts[chart.version] = { appVersion: chart.appVersion, commit, values };
}

function git(directory: string, ...args: string[]): string {
  return execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}

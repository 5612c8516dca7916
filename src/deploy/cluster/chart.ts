import gt from 'semver/functions/gt';
import lt from 'semver/functions/lt';
import major from 'semver/functions/major';
import minor from 'semver/functions/minor';
import rsort from 'semver/functions/rsort';
import record from './charts.json';

/** What is known of one version of Harbor's official chart without downloading it. */
export interface Chart {
  readonly version: string;
  /** The release of Harbor that its templates are for: v2.15.2. */
  readonly release: string;
  /** Dotted paths of every value that it reads; `.*` at the end: anything below. */
  readonly values: readonly string[];
}

/**
 * Versions of https://helm.goharbor.io, the newest first. The record is written by `npm run chart-record` from the
 * chart's own Chart.yaml, values.yaml and templates.
 */
export const RECORDED_CHARTS: readonly string[] = rsort(Object.keys(record.charts));

/** For another version, what it reads is taken from the newest recorded one of its line. */
export function isRecorded(version: string): version is keyof typeof record.charts {
  return version in record.charts;
}

/** The recorded chart; of a version that is not, the newest recorded one of its line, which it differs least from. */
export function chartOf(version: string): Chart | undefined {
  const known = isRecorded(version) ? version : RECORDED_CHARTS.find((other) => lineOf(other) === lineOf(version));
  if (known === undefined || !isRecorded(known)) return undefined;
  const { appVersion, values } = record.charts[known];
  return { version, release: `v${appVersion}`, values: record.values[values as keyof typeof record.values] };
}

/**
 * The chart whose templates are for a release. Where the release has none yet, it is the newest chart of its line.
 * @param release v2.15.2
 */
export function chartFor(release: string): string | undefined {
  const ofLine = RECORDED_CHARTS.filter((version) => lineOf(releaseOfChart(version)) === lineOf(release));
  const exact = ofLine.find((version) => releaseOfChart(version) === release);
  return exact ?? ofLine.find((version) => lt(releaseOfChart(version), release));
}

/** The charts of which line a release belongs to, such as 1.19; undefined where none is recorded. */
export function chartLineFor(release: string): string | undefined {
  const version = RECORDED_CHARTS.find((one) => lineOf(releaseOfChart(one)) === lineOf(release));
  return version === undefined ? undefined : lineOf(version);
}

/** A version that came out after the record, of a line that is recorded. */
export function isLaterOfLine(version: string): boolean {
  const newest = RECORDED_CHARTS.find((other) => lineOf(other) === lineOf(version));
  return newest !== undefined && gt(version, newest);
}

/** `1.19` of `1.19.2`: charts of one line differ little. */
export function lineOf(version: string): string {
  return `${major(version)}.${minor(version)}`;
}

/** Whether the chart reads a value at this path, or prints a map above it as it is. */
export function readsValue({ values }: Chart, path: string): boolean {
  return values.some((known) => {
    const open = known.replace(/\.\*$/, '');
    return path === open || path.startsWith(`${open}.`) || open.startsWith(`${path}.`);
  });
}

function releaseOfChart(version: string): string {
  return chartOf(version)?.release ?? '';
}

import type { HarborEnvironment } from '../harbor/harbor-schema';
import type { TreeFinding } from '../read-tree';
import { chartFor, chartLineFor, chartOf, isLaterOfLine, isRecorded, lineOf, RECORDED_CHARTS } from './chart';
import type { ClusterEnvironment } from './cluster-schema';

const PATH = ['cluster', 'chart_version'];

/**
 * A chart's templates configure what the images of its own release read: images of another release get half of what
 * they need, and settings that the chart does not know are silently dropped.
 */
export function checkChart(
  { chart_version: chart }: ClusterEnvironment,
  { version: release }: HarborEnvironment,
): TreeFinding[] {
  if (!isRecorded(chart)) return notRecorded(chart, release);
  const wanted = chartFor(release);
  if (chart === wanted) return [];
  const message = `chart ${chart} is for Harbor ${chartOf(chart)?.release ?? ''}, and harbor.version is ${release}`;
  return [{ rule: 'other-chart', path: PATH, message, hint: hintFor(release) }];
}

/** A later patch of a recorded line is a warning, for it may be what a fixed release needs; anything else is an error. */
function notRecorded(chart: string, release: string): TreeFinding[] {
  const rule = 'chart-not-recorded';
  if (isLaterOfLine(chart) && lineOf(chart) === chartLineFor(release)) {
    const message = `chart ${chart} is newer than those that were compared with these values`;
    const hint = 'update Breakwater, or render the chart and read the result before you deploy';
    return [{ rule, severity: 'warning', path: PATH, message, hint }];
  }
  const known = `${RECORDED_CHARTS.at(-1) ?? ''} to ${RECORDED_CHARTS[0] ?? ''}`;
  return [{ rule, path: PATH, message: `chart ${chart} is not known (known: ${known})`, hint: hintFor(release) }];
}

function hintFor(release: string): string {
  const wanted = chartFor(release);
  return wanted === undefined
    ? `no known chart is for Harbor ${release}: update Breakwater, or declare another release`
    : `use ${wanted}`;
}

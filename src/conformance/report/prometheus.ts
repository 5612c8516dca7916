import { STATUSES } from '../model/outcome';
import {
  instanceName,
  instancesOf,
  isConformant,
  type CheckResult,
  type ConformanceReport,
  type Report,
} from '../model/result';
import { grouped } from '../../grouped';
import type { HistoryEntry } from './history';

/** Label name to value, in the order in which they are written. */
type Labels = Readonly<Record<string, string>>;

/** One line of the file: a metric has one for each combination of labels. */
interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** A metric without the prefix of its name; one without samples is left out, with its HELP and TYPE. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const PREFIX = 'breakwater_conformance_';

/**
 * Prometheus text format 0.0.4 for node_exporter's textfile collector, which refuses a file with timestamps or without
 * a line feed at the end. Digests and tags are never labels, because the number of series must not grow.
 *
 *      # HELP breakwater_conformance_check_status 1 if the check passed, 0 if …
 *      # TYPE breakwater_conformance_check_status gauge
 *      breakwater_conformance_check_status{harbor="harbor.example.com",project="proxy.docker.io",check="M1"} 1
 *
 * Everything is a gauge: each run replaces the file, and a counter would start at 0 every time.
 */
export function toPrometheus(report: Report, history: readonly HistoryEntry[]): string {
  const instances = instancesOf(report);
  return [...ofChecks(instances), ...ofRuns(instances, successSamples(report, history)), ...ofPulls(instances)]
    .filter(({ samples }) => samples.length > 0)
    .map(toText)
    .join('');
}

function ofChecks(instances: readonly ConformanceReport[]): Metric[] {
  return [
    {
      name: 'check_status',
      help: '1 if the check passed, 0 if it failed or errored; absent if it was skipped or is a known deviation of Harbor',
      samples: instances.flatMap(checkSamples),
    },
    {
      name: 'checks',
      help: 'Checks of the last run by outcome',
      samples: each(instances, ({ summary }) =>
        STATUSES.map((status) => ({ labels: { status }, value: summary[status] })),
      ),
    },
    {
      name: 'conformant',
      help: '1 if the last run finished and nothing failed',
      samples: each(instances, (one) => [{ labels: {}, value: isConformant(one) ? 1 : 0 }]),
    },
  ];
}

/**
 * Timestamps are values, in seconds since 1970: `time() - last_success_timestamp_seconds > 2 * 86400` is an alert for
 * runs that fail, and for those that no longer take place.
 * @param succeeded when each Harbor last passed
 */
function ofRuns(instances: readonly ConformanceReport[], succeeded: readonly Sample[]): Metric[] {
  return [
    {
      name: 'duration_seconds',
      help: 'How long the last run took',
      samples: each(instances, ({ durationMs }) => [{ labels: {}, value: durationMs / 1000 }]),
    },
    {
      name: 'last_run_timestamp_seconds',
      help: 'When the last run ended',
      samples: each(instances, (one) => [{ labels: {}, value: endOf(one) }]),
    },
    {
      name: 'last_success_timestamp_seconds',
      help: 'Time of the last run without a failure, as far as the history goes back',
      samples: succeeded,
    },
  ];
}

/** What the run received and measured, and `run_info`, whose value is always 1: its labels are the information. */
function ofPulls(instances: readonly ConformanceReport[]): Metric[] {
  return [
    {
      name: 'pull_bytes',
      help: 'Bytes received through a project in the last run',
      samples: instances.flatMap(byteSamples),
    },
    ...measured(instances, 'upstream_ratelimit_remaining', 'source', 'Pulls left at the upstream'),
    ...measured(instances, 'tls_not_after_seconds', 'host', 'When the certificate expires, in seconds since 1970'),
    {
      name: 'run_info',
      help: 'Versions of the last run',
      samples: each(instances, ({ tool, harbor }) => [
        { labels: { harbor_version: harbor.version ?? 'unknown', version: tool.version }, value: 1 },
      ]),
    },
  ];
}

function each(
  instances: readonly ConformanceReport[],
  samples: (report: ConformanceReport) => readonly Sample[],
): Sample[] {
  return instances.flatMap((one) => samples(one).map((sample) => labelled(one, sample)));
}

function labelled(report: ConformanceReport, { labels, value }: Sample): Sample {
  return { labels: { harbor: instanceName(report), ...labels }, value };
}

/** A skipped check has no sample instead of a 0: an alert on 0 would fire for a check that does not apply. */
function checkSamples(report: ConformanceReport): Sample[] {
  const told = report.results.filter(({ status }) => status !== 'skip' && status !== 'known-deviation');
  return told.map(({ project, id, status }) =>
    labelled(report, { labels: { ...labelOf(project), check: id }, value: status === 'pass' ? 1 : 0 }),
  );
}

/** Bodies of Harbor's and the upstream's responses together, as far as checks of this project requested them. */
function byteSamples(report: ConformanceReport): Sample[] {
  const byProject = grouped(report.results, ({ project }) => project);
  return report.projects.map(({ name }) => {
    const requests = (byProject.get(name) ?? []).flatMap((result) => result.requests);
    const value = requests.reduce((sum, { bytes }) => sum + bytes, 0);
    return labelled(report, { labels: labelOf(name), value });
  });
}

/** An empty label is the same to Prometheus as none: the front door has no project. */
function labelOf(project: CheckResult['project']): Labels {
  return { project: project ?? '' };
}

/** Several checks may have measured the same: the lowest value matters. */
function measured(
  instances: readonly ConformanceReport[],
  name: string,
  label: string,
  help: string,
): readonly Metric[] {
  const samples = each(instances, ({ results }) => {
    const lowest = new Map<string, number>();
    for (const measure of results.flatMap((result) => result.measures ?? []))
      if (measure.name === name) lowest.set(measure.of, Math.min(measure.value, lowest.get(measure.of) ?? Infinity));
    return [...lowest].map(([of, value]) => ({ labels: { [label]: of }, value }));
  });
  return [{ name, help, samples }];
}

/** A fleet's history covers only the fleet as a whole; a Harbor that passes now succeeded now. */
function successSamples(report: Report, history: readonly HistoryEntry[]): Sample[] {
  return each(instancesOf(report), (one) => {
    if (isConformant(one)) return [{ labels: {}, value: endOf(one) }];
    const last = history.findLast(({ conformant, subjects }) => conformant && subjects.some(isOf(one)));
    return last ? [{ labels: {}, value: endOf(last) }] : [];
  });
}

function isOf(report: ConformanceReport) {
  const name = instanceName(report);
  return ({ instance }: HistoryEntry['subjects'][number]): boolean => instance === name;
}

function endOf({ startedAt, durationMs }: { readonly startedAt: string; readonly durationMs: number }): number {
  return (Date.parse(startedAt) + durationMs) / 1000;
}

function toText({ name, help, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => `${PREFIX}${name}{${labelText(labels)}} ${value}`);
  return [`# HELP ${PREFIX}${name} ${help}`, `# TYPE ${PREFIX}${name} gauge`, ...lines, ''].join('\n');
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',');
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

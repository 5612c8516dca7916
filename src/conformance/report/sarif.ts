import { compact } from '../../compact';
import { createHash } from 'node:crypto';
import type { Position } from '../../diagnostic';
import { instanceName, instancesOf, type CheckResult, type ConformanceReport, type Report } from '../model/result';
import { causeLines } from './words';

/** Limit of code scanning, which drops the rest. */
const MAX_RESULTS = 5000;

/** Passed and skipped checks are not shown in a repository. */
const LEVELS = { fail: 'error', error: 'warning', 'known-deviation': 'note' } as const;

type Level = (typeof LEVELS)[keyof typeof LEVELS];

/**
 * SARIF 2.1.0: every failure at the line of the repository that declares the image or the project. One run also for a
 * fleet, because code scanning accepts one run per category. A fingerprint consists of Harbor, project and check: the
 * same problem is the same alert in the next night, whatever the digests and messages were.
 */
export function toSarif(report: Report): string {
  const instances = instancesOf(report);
  const checks = [...new Map(instances.flatMap((one) => one.checks).map((check) => [check.id, check])).values()];
  const ids = checks.map(({ id }) => id);
  const driver = {
    name: report.tool.name,
    semanticVersion: report.tool.version,
    rules: checks.map(({ id, title, proves, why, limits }) => ({
      id,
      shortDescription: { text: title },
      fullDescription: { text: proves },
      help: { text: `${proves}\n\nWhy: ${why}\n\nLimits: ${limits}` },
    })),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        automationDetails: { id: 'breakwater-conformance/' },
        columnKind: 'utf16CodeUnits',
        invocations: instances.map(toInvocation),
        results: resultsOf(instances, ids),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toInvocation(report: ConformanceReport): object {
  const { startedAt, durationMs, complete, stopped } = report;
  const text = `${instanceName(report)}: the run was stopped: ${stopped ?? 'no reason recorded'}`;
  return compact({
    executionSuccessful: complete,
    startTimeUtc: startedAt,
    endTimeUtc: new Date(Date.parse(startedAt) + durationMs).toISOString(),
    toolExecutionNotifications: !complete ? [{ level: 'error', message: { text } }] : undefined,
  });
}

/** The worst first, because the end may be cut off. */
function resultsOf(instances: readonly ConformanceReport[], ids: readonly string[]): object[] {
  return (['fail', 'error', 'known-deviation'] as const)
    .flatMap((status) =>
      instances.flatMap((one) =>
        one.results
          .filter((result) => result.status === status)
          .map((result) => toResult(one, result, LEVELS[status], ids.indexOf(result.id))),
      ),
    )
    .slice(0, MAX_RESULTS);
}

function toResult(report: ConformanceReport, result: CheckResult, level: Level, ruleIndex: number): object {
  const { id, project, message, link } = result;
  const place = `${instanceName(report)}, ${project ?? 'front door'}`;
  const text = [...causeLines(result), message, ...(link === undefined ? [] : [link])].join('\n');
  const position = positionOf(report, result);
  return compact({
    ruleId: id,
    ruleIndex: ruleIndex >= 0 ? ruleIndex : undefined,
    level,
    message: { text: `${place}: ${text}` },
    locations: position && [toLocation(position)],
    partialFingerprints: { 'breakwaterConformance/v1': fingerprint([instanceName(report), project ?? '', id]) },
  });
}

/**
 * The line of the image if it concerns only one, else that of the project. The front door is not declared; code
 * scanning requires a place, so it gets the first file.
 */
function positionOf({ projects }: ConformanceReport, { project, image }: CheckResult): Position | undefined {
  if (project !== undefined) {
    const declared = projects.find(({ name }) => name === project);
    const at = image === undefined ? -1 : (declared?.images.indexOf(image) ?? -1);
    return declared?.imagePositions?.[at] ?? declared?.position;
  }
  const file = projects.find(({ position }) => position)?.position?.file;
  return file === undefined ? undefined : { file, line: 1, column: 1 };
}

function toLocation({ file, line, column, endColumn }: Position): object {
  const region = compact({ startLine: line, startColumn: column, endColumn });
  return { physicalLocation: { artifactLocation: { uri: uriOf(file) }, region } };
}

/** A relative reference, so that a service finds the file in its checkout. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path.replace(/^\.\//, '');
}

function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

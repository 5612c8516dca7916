import { instancesOf, type ConformanceReport, type Report } from '../model/result';

/** A report that was written by `toJson`; undefined for anything else, and for one of another version. */
export function parseReport(text: string): Report | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isReport(value) && instancesOf(value).every(isOfOneHarbor) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isReport(value: unknown): value is Report {
  const { schemaVersion, startedAt, durationMs, complete, instances, results } = fieldsOf(value);
  const isRun = typeof startedAt === 'string' && typeof durationMs === 'number' && typeof complete === 'boolean';
  return schemaVersion === 1 && isRun && (isList(instances) || isList(results));
}

function isOfOneHarbor(value: unknown): value is ConformanceReport {
  const { harbor, shard, results, checks, projects } = fieldsOf(value);
  const { url } = fieldsOf(harbor);
  const { index, of } = fieldsOf(shard ?? { index: 1, of: 1 });
  const isSplit = Number.isSafeInteger(index) && Number.isSafeInteger(of);
  const isWhole = isReport(value) && isSplit && typeof url === 'string' && URL.canParse(url);
  const hasIds = [results, checks].every((list) => isList(list) && list.every(({ id }) => typeof id === 'string'));
  const hasNames = isList(projects) && projects.every(({ name }) => typeof name === 'string');
  return isWhole && hasIds && hasNames && isList(results) && results.every(isResult);
}

function isResult({ status, message, evidence, requests }: Readonly<Record<string, unknown>>): boolean {
  return typeof status === 'string' && typeof message === 'string' && isList(evidence) && isList(requests);
}

function isList(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

import { compareText } from '../../compare-text';
import { BreakwaterError } from '../../errors';
import { countStatuses, worstOf } from '../model/outcome';
import {
  instanceName,
  instancesOf,
  type CheckResult,
  type ConformanceReport,
  type FleetReport,
  type Report,
} from '../model/result';

/** Two reports that cannot belong together. */
export class MergeError extends BreakwaterError {
  readonly code = 'MERGE';
}

/**
 * Merges the shards of each Harbor, and several Harbors into a fleet. The order of the parts does not matter. A missing
 * shard makes the report incomplete: projects that were not checked are not green.
 * @throws MergeError if the same shard was given twice, or if parts were split differently
 */
export function mergeReports(parts: readonly Report[]): Report {
  const byHarbor = new Map<string, ConformanceReport[]>();
  for (const part of parts.flatMap(instancesOf)) {
    const key = `${part.instance ?? ''} ${part.harbor.url}`;
    byHarbor.set(key, [...(byHarbor.get(key) ?? []), part]);
  }
  const joined = [...byHarbor.entries()].sort(([a], [b]) => compareText(a, b)).map(([, shards]) => joinShards(shards));
  const [only] = joined;
  if (!only) throw new MergeError('no report to merge');
  return joined.length === 1 && !parts.some((part) => 'instances' in part) ? only : toFleet(joined);
}

/** Several Harbors in one report, in the order given. */
export function toFleet(instances: readonly ConformanceReport[]): FleetReport {
  const [first] = instances;
  if (!first) throw new MergeError('a fleet needs at least one Harbor');
  return {
    schemaVersion: 1,
    tool: first.tool,
    ...span(instances),
    complete: instances.every(({ complete }) => complete),
    summary: countStatuses(instances.flatMap(({ results }) => results)),
    instances,
  };
}

/**
 * A shard that is missing is named in `stopped`, and `complete` is false: projects that nothing checked are not green.
 * A single report without a shard is returned as it is.
 */
function joinShards(parts: readonly ConformanceReport[]): ConformanceReport {
  const [first] = parts;
  if (parts.length === 1 && first && first.shard === undefined) return first;
  const shards = [...parts].sort((a, b) => (a.shard?.index ?? 0) - (b.shard?.index ?? 0));
  const missing = missingShards(shards);
  const base = shards[0]!;
  const results = shards.flatMap((part) => part.results);
  const { shard: _shard, stopped: _stopped, ...rest } = base;
  const stopped = [
    ...shards.flatMap(({ shard, stopped: why }) => (why === undefined ? [] : [`shard ${shard!.index}: ${why}`])),
    ...missing.map((index) => `shard ${index} of ${base.shard!.of} is missing`),
  ].join('; ');
  const complete = missing.length === 0 && shards.every((part) => part.complete);
  const joined = sortResults(rest, shards, [...frontDoor(results), ...results.filter(isOfProject)]);
  return {
    ...joined,
    ...span(shards),
    complete,
    ...(stopped !== '' && { stopped }),
    summary: countStatuses(joined.results),
  };
}

/** @throws MergeError */
function missingShards(parts: readonly ConformanceReport[]): number[] {
  const name = instanceName(parts[0]!);
  const of = parts[0]!.shard?.of;
  const seen = new Set<number>();
  for (const { shard } of parts) {
    if (shard === undefined || of === undefined)
      throw new MergeError(`${name} has several reports, and one of them is not a shard`);
    if (shard.of !== of) throw new MergeError(`${name} was split by ${of} and by ${shard.of}`);
    if (seen.has(shard.index)) throw new MergeError(`shard ${shard.index}/${of} of ${name} was given twice`);
    seen.add(shard.index);
  }
  return Array.from({ length: of ?? 0 }, (_none, at) => at + 1).filter((index) => !seen.has(index));
}

/** Every shard checks the front door; the report contains it once, with the worst result of the shards. */
function frontDoor(results: readonly CheckResult[]): CheckResult[] {
  const byCheck = new Map<string, CheckResult>();
  for (const result of results.filter((one) => !isOfProject(one))) {
    const known = byCheck.get(result.id);
    if (!known || worstOf([result.status, known.status]) !== known.status) byCheck.set(result.id, result);
  }
  return [...byCheck.values()];
}

function isOfProject({ project }: CheckResult): boolean {
  return project !== undefined;
}

/** Projects by name, because parts lose the order of the declaration; checks in the order of the catalogue. */
function sortResults(
  base: ConformanceReport,
  shards: readonly ConformanceReport[],
  results: readonly CheckResult[],
): ConformanceReport {
  const projects = shards.flatMap((part) => part.projects).sort((a, b) => compareText(a.name, b.name));
  const checks = [...new Map(shards.flatMap((part) => part.checks).map((check) => [check.id, check])).values()];
  const ofProject = new Map<string | undefined, number>(projects.map(({ name }, at) => [name, at]));
  const ofCheck = new Map(checks.map(({ id }, at) => [id, at]));
  const rank = ({ project, id }: CheckResult): number =>
    (ofProject.get(project) ?? -1) * checks.length + (ofCheck.get(id) ?? 0);
  return { ...base, checks, projects, results: [...results].sort((a, b) => rank(a) - rank(b)) };
}

/** From the first start to the last end. */
function span(parts: readonly ConformanceReport[]): { startedAt: string; durationMs: number } {
  const begins = parts.map(({ startedAt }) => Date.parse(startedAt));
  const ends = parts.map(({ durationMs }, at) => begins[at]! + durationMs);
  const begin = Math.min(...begins);
  return { startedAt: new Date(begin).toISOString(), durationMs: Math.max(...ends) - begin };
}

import type { Context } from '../context';
import { badRequest, HarborError } from '../errors';
import type { ArtifactRow, ScanStatus } from '../store/rows';
import { RUNNING, reportsOf } from './reports';
import { scannerOf } from './scanners';
import { scanIfPossible, stopScan } from './scans';
import type { Store } from '../store/store';

/** As in the metrics. A schedule's run does not wait for a manual one. */
export type ScanAllTrigger = 'Manual' | 'Schedule';

/** The last manual and the last scheduled run. They do not survive a restart. */
interface Run {
  readonly trigger: ScanAllTrigger;
  readonly artifactIds: readonly number[];
  started: boolean;
}

const runs = new WeakMap<Store, readonly Run[]>();

/** The newest run of one trigger, or of any. */
function lastRun(store: Store, trigger?: ScanAllTrigger): Run | undefined {
  return runs.get(store)?.find((run) => trigger === undefined || run.trigger === trigger);
}

/**
 * Scans every artifact that can be scanned, with its project's scanner.
 * @throws HarborError 409 when started manually while an earlier manual run is in progress
 */
export function startScanAll(context: Context, trigger: ScanAllTrigger): void {
  const { store, clock } = context;
  const earlier = lastRun(store, 'Manual');
  if (trigger === 'Manual' && earlier && isOngoing(store, earlier))
    throw new HarborError('CONFLICT', 'a previous scan all job aleady exits, its status is Running');
  const artifacts = store.artifacts.all().filter(({ type, references }) => type === 'IMAGE' && references.length === 0);
  const run: Run = { trigger, artifactIds: artifacts.map(({ id }) => id), started: false };
  runs.set(store, [run, ...(runs.get(store) ?? []).filter((other) => other.trigger !== trigger)]);
  clock.background(async () => {
    await Promise.all(artifacts.map((artifact) => scanIfPossible(context, artifact)));
    run.started = true;
  });
}

/** @throws HarborError 400 if there was no run */
export function stopScanAll(context: Context): void {
  const { store } = context;
  const run = lastRun(store);
  if (!run) throw badRequest('no scan all job is found currently');
  for (const artifact of artifactsOf(store, run))
    if (statusOf(store, artifact).some((status) => RUNNING.has(status))) stopScan(context, artifact);
}

/** Progress of the last run. */
export function scanAllMetrics(store: Store, trigger?: ScanAllTrigger): object {
  const run = lastRun(store, trigger);
  if (!run) return { completed: 0, ongoing: false, total: 0 };
  const statuses = artifactsOf(store, run).flatMap((artifact) => statusOf(store, artifact));
  const metrics: Partial<Record<ScanStatus, number>> = {};
  for (const status of statuses) metrics[status] = (metrics[status] ?? 0) + 1;
  return {
    completed: statuses.filter((status) => !RUNNING.has(status)).length,
    metrics,
    ongoing: isOngoing(store, run),
    total: statuses.length,
    trigger: run.trigger,
  };
}

/** Not a state of its own: it runs while one of its reports does. */
function isOngoing(store: Store, run: Run): boolean {
  if (!run.started) return true;
  return artifactsOf(store, run).some((artifact) => statusOf(store, artifact).some((status) => RUNNING.has(status)));
}

function artifactsOf(store: Store, { artifactIds }: Run): ArtifactRow[] {
  return artifactIds.flatMap((id) => store.artifacts.get(id) ?? []);
}

function statusOf(store: Store, artifact: ArtifactRow): ScanStatus[] {
  const project = store.projects.get(artifact.projectId);
  const scanner = project && scannerOf(store, project);
  return scanner ? reportsOf(store, scanner, artifact).map(({ status }) => status) : [];
}

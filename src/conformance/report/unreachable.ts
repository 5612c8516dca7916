import { compact } from '../../compact';
import { countStatuses } from '../model/outcome';
import type { ConformanceReport } from '../model/result';

interface Unreachable {
  readonly tool: ConformanceReport['tool'];
  readonly url: string;
  readonly instance?: string;
  readonly startedAt: Date;
  /** For a person; why the run could not start. */
  readonly why: string;
}

/** The report of a run that could not start: empty, and not green. */
export function toUnreachable({ tool, url, instance, startedAt, why }: Unreachable): ConformanceReport {
  return compact({
    schemaVersion: 1,
    tool,
    harbor: { url: new URL(url).href },
    instance,
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    timeScale: 1,
    complete: false,
    stopped: why,
    summary: countStatuses([]),
    checks: [],
    projects: [],
    results: [],
  });
}

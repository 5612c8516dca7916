import { runConformance, type ConformanceReport, type ConformanceTarget, type Status } from '../../../src/conformance';
import { HarborDouble, type DoubleFault } from './harbor-double';

/** The real runner, in a hurry. @param checks all where empty */
export function prove(
  target: ConformanceTarget,
  checks: readonly string[] = [],
  timeScale = 0.001,
): Promise<ConformanceReport> {
  return runConformance(target, {
    tool: { name: 'breakwater', version: '0.0.0' },
    timeScale,
    checks,
    retry: { attempts: 2, baseDelayMs: 1, maxDelayMs: 10 },
  });
}

export async function proveDouble(
  fault?: DoubleFault,
  checks?: readonly string[],
  timeScale?: number,
): Promise<ConformanceReport> {
  const double = await HarborDouble.start(fault);
  try {
    return await prove(double.target(), checks, timeScale);
  } finally {
    await double.close();
  }
}

/** `M2 open`: the checks that ended so, by project. */
export function named(report: ConformanceReport, status: Status): string[] {
  return report.results
    .filter((result) => result.status === status)
    .map(({ id, project }) => (project === undefined ? id : `${id} ${project}`));
}

/** Both projects are hit by what is not said to hit one. */
export function both(...ids: string[]): string[] {
  return ['open', 'private'].flatMap((project) => ids.map((id) => `${id} ${project}`));
}

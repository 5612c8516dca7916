import type { CheckResult, ConformanceReport } from '../result';

/**
 * What has to be told in words: failures, then errors, each by itself; then known deviations, where one check and
 * one place of tracking make one thing to know however many projects show it.
 */
export function findings({ results }: ConformanceReport): readonly (readonly CheckResult[])[] {
  const alone = (['fail', 'error'] as const).flatMap((status) => results.filter((result) => result.status === status));
  const deviations = new Map<string, CheckResult[]>();
  for (const result of results.filter(({ status }) => status === 'known-deviation')) {
    const key = `${result.id} ${result.link ?? ''}`;
    deviations.set(key, [...(deviations.get(key) ?? []), result]);
  }
  return [...alone.map((result) => [result]), ...deviations.values()];
}

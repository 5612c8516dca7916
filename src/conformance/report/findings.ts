import type { CheckResult, ConformanceReport } from '../model/result';

/**
 * What has to be told in words, as groups that are one thing to know: what has one cause first, then failures and
 * errors without a cause, each by itself; then known deviations, where one check and one place of
 * tracking make a group however many projects show it.
 */
export function findings({ results }: Pick<ConformanceReport, 'results'>): readonly (readonly CheckResult[])[] {
  const bad = (['fail', 'error'] as const).flatMap((status) => results.filter((result) => result.status === status));
  const alone = bad.filter(({ cause }) => !cause).map((result) => [result]);
  const deviations = results.filter(({ status }) => status === 'known-deviation');
  return [
    ...grouped(bad, ({ cause }) => cause?.words),
    ...alone,
    ...grouped(deviations, ({ id, link }) => `${id} ${link ?? ''}`),
  ];
}

function grouped(
  results: readonly CheckResult[],
  keyOf: (result: CheckResult) => string | undefined,
): readonly (readonly CheckResult[])[] {
  const groups = new Map<string, CheckResult[]>();
  for (const result of results) {
    const key = keyOf(result);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()];
}

import type { CheckResult, ConformanceReport } from '../model/result';
import { grouped } from '../../grouped';

/**
 * What has to be shown in words, in groups: results with one cause first, then failures and errors without a cause,
 * each separately; then known deviations, grouped by check and issue, however many projects have them.
 */
export function findings({ results }: Pick<ConformanceReport, 'results'>): readonly (readonly CheckResult[])[] {
  const bad = (['fail', 'error'] as const).flatMap((status) => results.filter((result) => result.status === status));
  const alone = bad.filter(({ cause }) => !cause).map((result) => [result]);
  const deviations = results.filter(({ status }) => status === 'known-deviation');
  return [
    ...grouped(
      bad.filter(({ cause }) => cause),
      ({ cause }) => cause?.words,
    ).values(),
    ...alone,
    ...grouped(deviations, ({ id, link }) => `${id} ${link ?? ''}`).values(),
  ];
}

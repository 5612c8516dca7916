import type { Failure, Findings } from '../findings';
import { isProblem } from '../rule';

/** Components of Harbor without which no image is scanned. */
export const OF_SCANS: readonly string[] = ['jobservice', 'trivy'];

/** Harbor refuses an image because it was not scanned. */
export const isUnscannedRefusal = ({ policyWords = '' }: Findings): boolean =>
  /without vulnerability scanning|not scanned/i.test(policyWords);

/** Nothing is scanned, or something is refused for that reason. */
export function isOfScanning(failure: Failure, findings: Findings): boolean {
  const isRefused = failure.symptom === 'policy' && isUnscannedRefusal(findings);
  return isRefused || isProblem(failure, 'unscanned-refused', 'not-scanned');
}

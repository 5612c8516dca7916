import type { RequestRecord } from '../oci';
import type { CheckResult } from './result';

/** What a failed check ran into, by the answers that it got; what came whole and was wrong is nobody's outage. */
export type Symptom = 'refused' | 'denied' | 'policy' | 'rate-limited' | 'missing' | 'broken' | 'not-stored';

/** Undefined where every answer came as it should: then the finding is about the bytes, and speaks for itself. */
export function symptomOf({
  id,
  message,
  requests,
}: Pick<CheckResult, 'id' | 'message' | 'requests'>): Symptom | undefined {
  if (id === 'S1' && message.includes('not stored')) return 'not-stored';
  const last = requests.filter(isPull).findLast(({ status, error }) => error !== undefined || (status ?? 0) >= 400);
  if (!last) return undefined;
  const { status = 0 } = last;
  if (status === 412) return 'policy';
  if (status === 429) return 'rate-limited';
  if (status === 404) return 'missing';
  if (status === 401) return 'refused';
  if (status === 403) return 'denied';
  return status >= 500 || status < 400 ? 'broken' : undefined;
}

/** The first request of a client is always refused: that is how it learns where tokens are. */
function isPull({ method, url, status }: RequestRecord, at: number): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return /\/v2\/.+\/(manifests|blobs)\//.test(url) && !(at === 0 && status === 401);
}

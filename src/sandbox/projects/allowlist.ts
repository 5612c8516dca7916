import type { JsonObject } from '../api/model';
import { internalError } from '../errors';
import type { AllowlistRow } from '../store/rows';

/** A blank or repeated CVE id is a plain Go error, so 500 (docs/harbor-behavior.md 5.5). */
export function allowlistFrom(sent: JsonObject, now: number): AllowlistRow {
  const cveIds = ((sent['items'] ?? []) as { cve_id?: string }[]).map(({ cve_id = '' }) => cve_id);
  if (cveIds.some((id) => id.trim() === '') || new Set(cveIds).size < cveIds.length)
    throw internalError('invalid CVE allowlist');
  const expiresAt = sent['expires_at'] as number | undefined;
  return {
    cveIds,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    creationTime: now,
    updateTime: now,
  };
}

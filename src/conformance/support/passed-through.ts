import type { PlainAnswer } from '../../oci';

/** The backend registry sends its API version; responses that Harbor passes through from the upstream do not have it. */
export function isPassedThrough({ status, headers }: Pick<PlainAnswer, 'status' | 'headers'>): boolean {
  return status === 200 && headers['docker-distribution-api-version'] === undefined;
}

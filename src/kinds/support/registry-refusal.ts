import { ApplyError, HarborApiError } from '../../errors';
import { addressOf } from '../kind';
import type { RegistrySpec } from './registry-spec';
import { REGISTRY_TYPES } from './registry-types';

/**
 * Harbor connects to the upstream before it stores anything, and only returns `the registry is unhealthy`. Which of the
 * possible causes it is, only the log of core has.
 */
export async function explained<T>(spec: Pick<RegistrySpec, 'name' | 'type' | 'url'>, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const causes = error instanceof HarborApiError ? likelyCauses(error, spec.type) : undefined;
    if (causes === undefined) throw error;
    const address = addressOf('registry', spec.name);
    throw new ApplyError(`${address}: Harbor could not use ${spec.url}: ${causes}`, address, { cause: error });
  }
}

/**
 *      answer                             meaning (docs/harbor-behavior.md 4.2)
 *      400 the registry is unhealthy      the health check failed
 *      500                                the adapter could not even be built, as when Docker Hub refuses the login
 *      another                            said by Harbor itself: not explained again
 */
function likelyCauses({ details, status, isHarbors }: HarborApiError, type: string): string | undefined {
  // A proxy in front says nothing about the registry.
  if (!isHarbors) return undefined;
  if (details.harborMessage?.includes('unhealthy')) {
    return 'its check of the registry failed. Likely causes: a wrong account, no network path or proxy from Harbor, an unknown certificate authority, or a URL that is not a registry';
  }
  if (status !== 500) return undefined;
  const form = REGISTRY_TYPES[type]?.url.expected;
  const fitting = form === undefined ? '' : ` (${type} is at ${form})`;
  return `it returned 500. Likely causes: the upstream refused the login, or the URL does not fit the type${fitting}`;
}

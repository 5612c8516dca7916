import type { Advisory } from './advisory';
import { OPERATION } from './operation';
import { PULL_THROUGH } from './pull-through';

/**
 * Each was read in Harbor's own repository, or measured on a running Harbor. A new one is only data: an entry in one of
 * the two lists, and a condition if no existing one fits.
 */
export const ADVISORIES: readonly Advisory[] = [...PULL_THROUGH, ...OPERATION];

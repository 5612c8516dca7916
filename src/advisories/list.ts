import type { Advisory } from './advisory';
import { OPERATION } from './operation';
import { PULL_THROUGH } from './pull-through';

/** Each was read in Harbor's own repository, or measured on a running Harbor. A new one is only data. */
export const ADVISORIES: readonly Advisory[] = [...PULL_THROUGH, ...OPERATION];

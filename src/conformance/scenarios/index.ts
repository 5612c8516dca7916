import type { Check } from '../check';
import { check as s1 } from './s1-cold';
import { check as s2 } from './s2-cached';
import { check as s3 } from './s3-tag-moved';
import { check as s4a } from './s4a-upstream-refuses';
import { check as s4b } from './s4b-upstream-unhealthy';
import { check as s5 } from './s5-removed-upstream';
import { check as s6 } from './s6-upstream-login';
import { check as s7 } from './s7-upstream-limit';

/** In the order of the report. */
export const SCENARIOS: readonly Check[] = [s1, s2, s3, s4a, s4b, s5, s6, s7];

import type { Check } from '../model/check';
import { check as s1 } from './s1-cold';
import { check as s2 } from './s2-cached';
import { check as s3 } from './s3-tag-moved';
import { check as s4a } from './s4a-upstream-refuses';
import { check as s4b } from './s4b-upstream-unhealthy';
import { check as s4c } from './s4c-upstream-silent';
import { check as s5 } from './s5-removed-upstream';
import { check as s6 } from './s6-upstream-login';
import { check as s7 } from './s7-upstream-limit';
import { check as s8 } from './s8-upstream-lies';
import { check as s9 } from './s9-many-at-once';
import { check as s10 } from './s10-client-leaves';
import { check as s11 } from './s11-library-redirect';
import { check as s12 } from './s12-repository-filter';
import { check as s13 } from './s13-connection-limit';
import { check as s14 } from './s14-quota';
import { check as s15 } from './s15-retention';
import { check as s16 } from './s16-user-agent';

/** In the order of the report. */
export const SCENARIOS: readonly Check[] = [
  s1,
  s2,
  s3,
  s4a,
  s4b,
  s4c,
  s5,
  s6,
  s7,
  s8,
  s9,
  s10,
  s11,
  s12,
  s13,
  s14,
  s15,
  s16,
];

import type { Check } from '../check';
import { check as a1 } from './a1-challenge-scope';
import { check as a2 } from './a2-anonymous-token';
import { check as a3 } from './a3-anonymous-pull';
import { check as a4 } from './a4-credential-alive';
import { check as a5 } from './a5-least-privilege';
import { check as b1 } from './b1-layers';
import { check as m1 } from './m1-head-by-tag';
import { check as m2 } from './m2-get-by-tag';
import { check as m3 } from './m3-get-by-digest';
import { check as m5 } from './m5-platforms';
import { check as m7 } from './m7-config';
import { check as t4 } from './t4-front-door';
import { check as w1 } from './w1-push-refused';

/** In the order of the report. */
export const CHECKS: readonly Check[] = [t4, a1, a2, a3, a4, a5, m1, m2, m3, m5, m7, b1, w1];

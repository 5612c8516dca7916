import type { Check } from '../model/check';
import { check as a1 } from './a1-challenge-scope';
import { check as a2 } from './a2-anonymous-token';
import { check as a3 } from './a3-anonymous-pull';
import { check as a4 } from './a4-credential-alive';
import { check as a5 } from './a5-least-privilege';
import { check as a6 } from './a6-bad-token';
import { check as a7 } from './a7-token-post';
import { check as a8 } from './a8-missing-project';
import { check as b1 } from './b1-layers';
import { check as b2 } from './b2-redirects';
import { check as b3 } from './b3-resume';
import { check as b4 } from './b4-head';
import { check as b5 } from './b5-diff-ids';
import { check as b6 } from './b6-elsewhere';
import { check as b7 } from './b7-speed';
import { check as d1 } from './d1-mirror-front';
import { check as d2 } from './d2-mirror-digest';
import { check as d3 } from './d3-mirror-anonymous';
import { check as d4 } from './d4-mirror-missing';
import { check as d5 } from './d5-mirror-stays';
import { check as d6 } from './d6-hosts-toml';
import { check as d7 } from './d7-shield-memory';
import { check as d8 } from './d8-shield-outage';
import { check as m1 } from './m1-head-by-tag';
import { check as m10 } from './m10-tags';
import { check as m11 } from './m11-referrers';
import { check as m12 } from './m12-manifest-size';
import { check as m2 } from './m2-get-by-tag';
import { check as m3 } from './m3-get-by-digest';
import { check as m4 } from './m4-personas';
import { check as m5 } from './m5-platforms';
import { check as m6 } from './m6-upstream-digest';
import { check as m7 } from './m7-config';
import { check as m8 } from './m8-not-modified';
import { check as m9 } from './m9-missing';
import { check as p1 } from './p1-cosign-tag';
import { check as p2 } from './p2-cosign-referrers';
import { check as p3 } from './p3-sigstore-bundles';
import { check as p4 } from './p4-notation';
import { check as t1 } from './t1-certificate';
import { check as t2 } from './t2-https-only';
import { check as t3 } from './t3-clock';
import { check as t4 } from './t4-front-door';
import { check as t5 } from './t5-token-service';
import { check as t6 } from './t6-no-pages';
import { check as v1 } from './v1-vulnerable-refused';
import { check as v2 } from './v2-unscanned-refused';
import { check as v3 } from './v3-allowed-served';
import { check as v4 } from './v4-first-pull';
import { check as v5 } from './v5-mirror-policy';
import { check as w1 } from './w1-push-refused';
import { check as w2 } from './w2-scanner-name';
import { check as w3 } from './w3-delete-refused';
import { check as x1 } from './x1-declared-state';

/** In the order of the report. */
export const CHECKS: readonly Check[] = [
  t1,
  t2,
  t3,
  t4,
  t5,
  t6,
  a1,
  a2,
  a3,
  a4,
  a5,
  a6,
  a7,
  a8,
  m1,
  m2,
  m3,
  m4,
  m5,
  m6,
  m7,
  m8,
  m9,
  m10,
  m11,
  m12,
  b1,
  b2,
  b3,
  b4,
  b5,
  b6,
  b7,
  w1,
  w2,
  w3,
  p1,
  p2,
  p3,
  p4,
  v1,
  v2,
  v3,
  v4,
  v5,
  x1,
  d1,
  d2,
  d3,
  d4,
  d5,
  d6,
  d7,
  d8,
];

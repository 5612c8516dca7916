import { hp001 } from './hp001-default-admin-password';
import { hp002 } from './hp002-database-password';
import { hp003 } from './hp003-secretkey';
import { hp004 } from './hp004-service-secrets';
import { hp005 } from './hp005-self-registration';
import { hp006 } from './hp006-project-creation';
import { hp007 } from './hp007-verified-logins';
import { hp008 } from './hp008-onboarding-is-filtered';
import { hp009 } from './hp009-admin-group-is-narrow';
import { hp010 } from './hp010-robot-lifetime';
import { hp011 } from './hp011-robots-expire';
import { hp012 } from './hp012-robots-only-pull';
import { hp013 } from './hp013-no-push-into-caches';
import { hp014 } from './hp014-robot-prefix';
import { hp015 } from './hp015-upstream-is-verified';
import { hp016 } from './hp016-upstream-url';
import { hp017 } from './hp017-allowed-upstreams';
import { hp018 } from './hp018-upstream-is-public';
import { hp019 } from './hp019-docker-hub-account';
import { hp020 } from './hp020-no-literal-secrets';
import { hp021 } from './hp021-url-with-secret';
import { hp022 } from './hp022-attested-accounts';
import { hp023 } from './hp023-no-public-account';
import { hp024 } from './hp024-public-projects';
import { hp025 } from './hp025-filter-before-account';
import { hp026 } from './hp026-limits-that-work';
import { hp027 } from './hp027-cache-is-bounded';
import { hp028 } from './hp028-deleted-upstream';
import { hp029 } from './hp029-sessions-end';
import { hp030 } from './hp030-blocking-needs-scans';
import { hp031 } from './hp031-audit-log-is-kept';
import { hp032 } from './hp032-supported-release';
import { hp033 } from './hp033-metrics-inside';
import { hp034 } from './hp034-docker-socket';
import { hp035 } from './hp035-traefik-api';
import { hp036 } from './hp036-published-ports';
import { hp037 } from './hp037-tls-front';
import { hp038 } from './hp038-hardened-containers';
import { hp039 } from './hp039-pinned-images';
import { hp040 } from './hp040-clients-use-tls';
import { hp041 } from './hp041-ecr-has-its-type';
import { hp042 } from './hp042-one-mirror-one-project';
import { hp043 } from './hp043-issuer-not-discovery';
import { hp044 } from './hp044-robots-make-no-robots';
import { hp045 } from './hp045-somebody-may-pull';
import { hp046 } from './hp046-gc-leaves-digests';
import { hp047 } from './hp047-space-is-given-back';
import { hp048 } from './hp048-blocking-severity';
import { hp049 } from './hp049-names-of-the-organisation';
import { hp050 } from './hp050-required-fields';
import { hp051 } from './hp051-ceilings';
import { hp052 } from './hp052-opened-projects';
import { hp053 } from './hp053-widened-robots';
import { hp054 } from './hp054-verification-stays';
import { hp055 } from './hp055-nodes-can-be-drained';
import type { Rule } from './rule';

/** Every rule, by id. */
export const rules: readonly Rule[] = [
  hp001,
  hp002,
  hp003,
  hp004,
  hp005,
  hp006,
  hp007,
  hp008,
  hp009,
  hp010,
  hp011,
  hp012,
  hp013,
  hp014,
  hp015,
  hp016,
  hp017,
  hp018,
  hp019,
  hp020,
  hp021,
  hp022,
  hp023,
  hp024,
  hp025,
  hp026,
  hp027,
  hp028,
  hp029,
  hp030,
  hp031,
  hp032,
  hp033,
  hp034,
  hp035,
  hp036,
  hp037,
  hp038,
  hp039,
  hp040,
  hp041,
  hp042,
  hp043,
  hp044,
  hp045,
  hp046,
  hp047,
  hp048,
  hp049,
  hp050,
  hp051,
  hp052,
  hp053,
  hp054,
  hp055,
];

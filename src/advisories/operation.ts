import type { Advisory } from './advisory';
import {
  anyRobot,
  auditEndpoint,
  configurationSecret,
  disabledRobot,
  garbageCollection,
  immutableTags,
  privateProject,
  registryWithCredential,
  retentionWithoutSchedule,
  robotNamePrefix,
  webhookWithHeader,
} from './conditions';

/**
 * Other faults: exposed data, crashes, settings that have no effect. Without `when`, a fault concerns every Harbor of
 * these versions. `measured` in a source means that it was tried against that Harbor, because no issue describes it.
 *
 * None is critical: Harbor serves pulls with each of them. Warnings come first, then notes; `applicable` sorts by severity
 * across the lists.
 *
 * How `affects` is written, if a fix went to several branches:
 *
 *      fixed in                           affects
 *      2.15.3                             <=2.15.2
 *      2.13.5, 2.14.3 (and all of 2.15)   <2.13.5 || >=2.14.0 <2.14.3
 *      no release                         >=2.0.0, or <=2.15.2 if no later release was tried
 */
export const OPERATION: readonly Advisory[] = [
  {
    id: 'retention-without-cron',
    affects: '<=2.15.2',
    severity: 'warning',
    when: retentionWithoutSchedule,
    breaks: 'deleting a project whose retention policy has no cron crashes the core process',
    instead: 'declare a schedule',
    source: 'measured; src/controller/retention/controller.go, DeleteRetention',
  },
  {
    id: 'ping-leaks-credential',
    affects: '<=2.15.2',
    severity: 'warning',
    when: registryWithCredential,
    breaks: 'anyone who may read registries can make Harbor send a stored credential to another address with a ping',
    instead: 'grant registry:read only to those who may see the credential',
    source: 'goharbor/harbor#23463, #23502',
    fixedIn: '2.15.3',
  },
  {
    id: 'blob-mount-with-old-token',
    affects: '<2.15.2',
    severity: 'warning',
    when: privateProject,
    breaks: 'a token for a deleted project can still mount blobs of a new private project with the same name',
    source: 'goharbor/harbor#23270; commit 38530e562e',
    fixedIn: '2.15.2',
  },
  {
    id: 'token-older-than-project',
    affects: '<2.13.5 || >=2.14.0 <2.14.3',
    severity: 'warning',
    when: privateProject,
    breaks: 'a token for a deleted project is valid for a new project with the same name',
    source: 'goharbor/harbor#22900; commit a8c8c8413c',
    fixedIn: '2.13.5, 2.14.3, 2.15.0',
  },
  {
    id: 'secrets-in-audit-log',
    affects: '>=2.13.0 <2.13.5 || >=2.14.0 <2.14.3',
    severity: 'warning',
    when: configurationSecret,
    breaks: 'the audit log of a configuration change contains the request, including secrets',
    source: 'goharbor/harbor#22918; commit 05e4a7982e',
    fixedIn: '2.13.5, 2.14.3, 2.15.0',
  },
  {
    id: 'redis-url-in-gc',
    affects: '<2.15.1',
    severity: 'warning',
    when: garbageCollection,
    breaks: 'the details of a garbage collection show the address of Redis with its password',
    source: 'goharbor/harbor#23134; commit af6888c0e9',
    fixedIn: '2.15.1',
  },
  {
    id: 'session-never-ends',
    affects: '<2.14.4 || 2.15.0',
    severity: 'note',
    breaks: 'an open portal renews its session by itself, so session_timeout is never reached',
    source: 'goharbor/harbor#23097, #23098; commit 292fb64010',
    fixedIn: '2.15.1, and 2.14.4 of 2.14',
  },
  {
    id: 'audit-event-panic',
    affects: '<=2.15.2',
    severity: 'note',
    breaks: 'a PUT to /api/v2.0/users without an id crashes the core process',
    instead: 'reject it in the reverse proxy if the API can be reached from the internet',
    source: 'goharbor/harbor#23461, #23501',
    fixedIn: '2.15.3',
  },
  {
    id: 'manifest-size',
    affects: '<=2.15.2',
    severity: 'note',
    breaks: 'a manifest of any size is read into memory',
    instead: 'limit the size of requests to /v2/*/manifests/ in the reverse proxy',
    source: 'goharbor/harbor#23503',
    fixedIn: '2.15.3',
  },
  {
    id: 'schedule-never',
    affects: '>=2.0.0',
    severity: 'note',
    breaks: 'a schedule that never runs, such as 30 February, hangs the job service; `validate` refuses it',
    source: 'goharbor/harbor#23924; src/jobservice/period/enqueuer.go',
  },
  {
    id: 'disable-ignored-on-create',
    affects: '<=2.15.2',
    severity: 'note',
    when: disabledRobot,
    breaks: 'a robot that is created as disabled is enabled until it is updated; Breakwater sends the second request',
    source: 'measured with 2.15.2',
  },
  {
    id: 'robot-prefix-renames-all',
    affects: '>=2.0.0',
    severity: 'note',
    when: robotNamePrefix,
    breaks: 'a change of robot_name_prefix renames every robot at once and locks out all clients',
    source: 'measured with 2.15.2',
  },
  {
    id: 'robot-without-project',
    affects: '<=2.15.2',
    severity: 'note',
    when: anyRobot,
    breaks: 'a system robot whose only project was deleted stays without permissions and cannot be updated',
    source: 'measured with 2.15.2',
  },
  {
    id: 'broken-pattern-protects-nothing',
    affects: '<=2.15.2',
    severity: 'note',
    when: immutableTags,
    breaks: 'an invalid pattern of an immutability rule is stored without an error and protects nothing',
    source: 'measured with 2.15.2',
  },
  {
    id: 'webhook-header-in-clear',
    affects: '>=2.0.0',
    severity: 'note',
    when: webhookWithHeader,
    breaks: 'the auth_header of a webhook is returned in clear to anyone who may read the webhooks of the project',
    source: 'measured with 2.15.2',
  },
  {
    id: 'audit-endpoint-remembered',
    affects: '<=2.15.2',
    severity: 'note',
    when: auditEndpoint,
    breaks:
      'an audit_log_forward_endpoint that Harbor rejected is still returned as the current value until core restarts',
    source: 'measured with 2.15.2',
  },
];

import type { Advisory } from './advisory';
import {
  dockerHub,
  proxyOfDockerHub,
  proxyOfQuay,
  proxyProject,
  retentionByPull,
  untaggedCollected,
} from './conditions';

/**
 * Faults of proxy cache projects.
 *
 * `docker-hub-login` is the only critical one: with it a new deployment serves nothing from Docker Hub, so `up` must
 * refuse the release before clients depend on it. A fault that hits single images or single days is a warning or a
 * note, because the cache is still better than none.
 *
 * Several of these have a check of `conform` that sees them on a running Harbor; the advisory is for the time before
 * there is one, and for the reader who wonders why a healthy Harbor returns an odd answer.
 */
export const PULL_THROUGH: readonly Advisory[] = [
  {
    id: 'docker-hub-login',
    affects: '>=2.14.0 <2.14.4 || 2.15.0',
    severity: 'critical',
    when: dockerHub,
    breaks:
      'pulls through Docker Hub fail: Harbor logs in at an endpoint, and without a User-Agent, that Docker Hub rejects',
    source: 'goharbor/harbor#23025, #23051, #23145, #23190; commits 47762e5230 and 4ed12d9953',
    fixedIn: '2.15.1, and 2.14.4 of 2.14',
  },
  {
    id: 'proxy-cache-poisoning',
    affects: '<=2.15.2',
    severity: 'warning',
    when: proxyProject,
    breaks: "a robot named like the scanner's robots can push to a proxy cache project and replace what it serves",
    instead: 'create robots only by this declaration, and do not name one like the scanner',
    source: 'goharbor/harbor#23675, #23695; src/server/middleware/repoproxy/proxy.go',
    fixedIn: '2.15.3',
  },
  {
    id: 'cached-copy-deleted',
    affects: '>=2.14.0 <2.15.1',
    severity: 'warning',
    when: proxyProject,
    breaks: 'an image that its upstream no longer has is deleted from the cache when it is pulled',
    source: 'goharbor/harbor#23049; commit 3e57cea61f',
    fixedIn: '2.15.1',
  },
  {
    id: 'index-pull-time',
    affects: '<2.15.1',
    severity: 'warning',
    when: retentionByPull,
    breaks:
      'the pull time of a multi-platform index is not recorded, so retention by the last pull deletes images in use',
    instead: 'retain by the last push until then',
    source: 'goharbor/harbor#23022; commit e1961e343f',
    fixedIn: '2.15.1',
  },
  {
    id: 'quay-proxy-type',
    affects: '>=2.14.0',
    severity: 'warning',
    when: proxyOfQuay,
    breaks: 'a new proxy cache project of type quay cannot be created; existing ones keep working',
    instead: 'declare the registry as type docker-registry',
    source: 'PERMITTED_REGISTRY_TYPES_FOR_PROXY_CACHE in make/photon/prepare/templates/core/env.jinja',
  },
  {
    id: 'gc-untagged-proxy',
    affects: '>=2.0.0',
    severity: 'warning',
    when: untaggedCollected,
    breaks: 'each run with delete_untagged deletes images that were pulled by digest through proxy cache projects',
    instead: 'leave delete_untagged out',
    source: 'goharbor/harbor#23570',
  },
  {
    id: 'hanging-upstream',
    affects: '>=2.0.0',
    severity: 'note',
    when: proxyProject,
    breaks: 'if the upstream drops packets, pulls of cached tags hang for minutes',
    instead: 'pull by digest if a pull must not wait',
    source: 'goharbor/harbor#17934, #18294',
  },
  {
    id: 'cached-index-digest',
    affects: '>=2.0.0',
    severity: 'note',
    when: proxyProject,
    breaks:
      'while the upstream is down, a multi-platform index is served with a digest that differs from the upstream index',
    source: 'goharbor/harbor#21818',
  },
  {
    id: 'unverified-blobs',
    affects: '<=2.15.2',
    severity: 'note',
    when: proxyProject,
    breaks: 'Harbor does not verify the digest of cached content and does not resume an interrupted download',
    instead: '`conform --deep` hashes every layer',
    source: 'goharbor/harbor#23600, #23882',
  },
  {
    id: 'cold-blob-headers',
    affects: '<=2.15.2',
    severity: 'note',
    when: proxyProject,
    breaks: 'a blob that is not cached yet is served without Content-Length and Docker-Content-Digest',
    source: 'goharbor/harbor#23373',
  },
  {
    id: 'hub-short-name-tags',
    affects: '<=2.15.2',
    severity: 'note',
    when: proxyOfDockerHub,
    breaks:
      'the tag list of an official Docker Hub image is empty without library/, and Renovate and Flux see no new version',
    instead: 'add library/ to the name',
    source: 'goharbor/harbor#23368',
  },
  {
    id: 'rate-limited-although-cached',
    affects: '>=2.0.0',
    severity: 'note',
    when: proxyOfDockerHub,
    breaks: 'a cached image can still fail with 429 while Docker Hub limits this Harbor',
    instead: 'declare an account for the registry',
    source: 'goharbor/harbor#19899',
  },
  {
    id: 'pulled-and-never-cached',
    affects: '>=2.0.0',
    severity: 'note',
    when: proxyProject,
    breaks: 'a pull can succeed although its image is never cached',
    instead: '`conform` checks what Harbor has stored',
    source: 'goharbor/harbor#12900, #19609',
  },
];

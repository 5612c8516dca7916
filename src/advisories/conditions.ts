import { normaliseUrl } from '../kinds/support/registry-url';
import type { Condition, DeclaredPart } from './advisory';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A field that is not declared does not match, unless `holds` says so: an advisory is about what the declaration has. A
 * declared default and a value that was left out are therefore different: `public: false` matches `privateProject`, a
 * project without `public` does not, although Harbor may treat both the same.
 */
function having(words: string, kind: string, holds: (spec: Fields) => boolean): Condition {
  return {
    words,
    among: (parts) => parts.filter((part) => part.kind === kind && holds(part.spec as Fields)),
  };
}

/**
 * By its type, or by its address if it is declared as a generic registry.
 *
 *      type               url                              Docker Hub
 *      docker-hub         any                              yes
 *      docker-registry    https://registry-1.docker.io     yes, in any case and without a scheme
 *      docker-registry    https://docker.io.example.com    no: another domain
 *      quay               https://registry-1.docker.io     no: Harbor uses its client for Quay
 */
function isDockerHub({ type, url }: Fields): boolean {
  if (type === 'docker-hub') return true;
  if (type !== 'docker-registry' || typeof url !== 'string') return false;
  const whole = normaliseUrl(url);
  return URL.canParse(whole) && /(?:^|\.)docker\.(?:io|com)$/.test(new URL(whole).hostname);
}

/** Projects whose registry is declared as well. A registry that is managed elsewhere matches nothing. */
function isProxyOf(parts: readonly DeclaredPart[], holds: (registry: Fields) => boolean): readonly DeclaredPart[] {
  const names = new Set(
    parts
      .filter(({ kind, spec }) => kind === 'registry' && holds(spec as Fields))
      .map(({ spec }) => (spec as Fields)['name']),
  );
  return parts.filter(({ kind, spec }) => kind === 'project' && names.has((spec as Fields)['registry']));
}

/** The name of a registry makes a project a proxy cache; no other field does. */
const isProxy = ({ registry }: Fields): boolean => typeof registry === 'string';

/**
 * Also a registry that no declared project uses yet: Harbor logs in when the registry is created
 * (docs/harbor-behavior.md 4.2).
 */
export const dockerHub = having('a Docker Hub registry', 'registry', isDockerHub);

/** Any credential counts, because each is stored by Harbor. */
export const registryWithCredential = having(
  'a registry with a credential',
  'registry',
  ({ credential }) => typeof credential === 'object' && credential !== null,
);

/** A project with a registry. */
export const proxyProject = having('a proxy cache project', 'project', isProxy);

/** Only a declared `public: false`. */
export const privateProject = having('a private project', 'project', (project) => project['public'] === false);

/** Only the type counts: an instance of Quay that is declared as docker-registry is the workaround. */
export const proxyOfQuay: Condition = {
  words: 'a proxy cache project of a registry of type quay',
  among: (parts) => isProxyOf(parts, ({ type }) => type === 'quay'),
};

/** Unlike `dockerHub` the affected object is the project, because the fault shows at its pulls. */
export const proxyOfDockerHub: Condition = {
  words: 'a proxy cache project of Docker Hub',
  among: (parts) => isProxyOf(parts, isDockerHub),
};

/** Both must exist: alone, neither does harm. */
export const untaggedCollected: Condition = {
  words: 'a garbage collection with delete_untagged together with a proxy cache project',
  among: (parts) =>
    proxyProject.among(parts).length === 0
      ? []
      : having('', 'gc-schedule', ({ delete_untagged: deletes }) => deletes === true).among(parts),
};

/** Any declared schedule, also one that is switched off: the fault is in the details of past runs. */
export const garbageCollection = having('a garbage collection', 'gc-schedule', () => true);

/** Both an empty text and a missing one. */
export const retentionWithoutSchedule = having(
  'a retention policy without a schedule',
  'retention',
  ({ schedule }) => schedule === undefined || schedule === '',
);

/** Templates whose name contains `pull`, such as `nDaysSinceLastPull`. */
export const retentionByPull: Condition = having(
  'a retention rule by the last pull',
  'retention',
  ({ rules }) =>
    Array.isArray(rules) &&
    rules.some((rule: Fields) => /pull/i.test(typeof rule['template'] === 'string' ? rule['template'] : '')),
);

/** Only a declared `disable: true`: the fault is at the creation (docs/harbor-behavior.md 8.1). */
export const disabledRobot = having('a disabled robot', 'robot', ({ disable }) => disable === true);

/** Of the system and of projects: which of them has a single project is not judged here. */
export const anyRobot = having('a robot', 'robot', () => true);

/** Whether a pattern is valid is not judged: Harbor's reading of patterns decides, and it reports no error. */
export const immutableTags = having('a tag immutability rule', 'immutable-tag-rule', () => true);

/** A declared empty text switches forwarding off, so there is nothing that Harbor could remember. */
export const auditEndpoint = having(
  'an audit log forward endpoint',
  'configuration',
  ({ audit_log_forward_endpoint: endpoint }) => typeof endpoint === 'string' && endpoint !== '',
);

/** Declared as references; Harbor gets the values. */
export const configurationSecret = having(
  'a configuration with a secret',
  'configuration',
  (spec) => spec['oidc_client_secret'] !== undefined || spec['ldap_search_password'] !== undefined,
);

/**
 * Also the default prefix: the first plan after it was changed by hand would change it back, for all robots at once.
 */
export const robotNamePrefix = having(
  'a robot name prefix',
  'configuration',
  ({ robot_name_prefix: prefix }) => prefix !== undefined,
);

/** `auth_headers` with at least one entry. An empty map has nothing that could be returned. */
export const webhookWithHeader = having(
  'a webhook with an auth_header',
  'webhook',
  ({ auth_headers: headers }) => typeof headers === 'object' && headers !== null && Object.keys(headers).length > 0,
);

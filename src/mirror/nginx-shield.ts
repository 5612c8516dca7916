import type { Mirror } from './mirror';
import { block, intoProject, onlyReading, variableOf } from './nginx-text';
import { retrySeconds, type Shield } from './shield';

/** What a shield needs to know about the surrounding server. */
export interface ShieldFront {
  readonly harborUrl: string;
  /** Existing directory for the cached responses. */
  readonly cache: string;
  readonly cacheMiB: number;
  /** Lines that send the mirror's credential to Harbor; empty for anonymous pulls. */
  readonly credential: readonly string[];
}

/** Harbor's response depends on which of these four types a client accepts, and on nothing else in the request. */
const ALL_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** Clients that send one Accept line per type, always the same types; docker in random order. */
const SENDS_LINES = 'docker|Docker-Client|containers|libpod|podman|skopeo|Buildah|cri-o|regclient';
/** nginx before 1.23 shows only the first of several header lines. */
const OLD_NGINX = '1\\.(?:[0-9]|1[0-9]|2[0-2])\\.[0-9]+';

/** For a tag that is not cached, Harbor may take as long as the upstream. */
const PATIENCE_SECONDS = 60;

/**
 * Directives for `http`: the cache, an upstream group for Harbor that pauses after a missing response, and variables
 * computed from a request or a response.
 */
export function shieldMaps(mirror: Mirror, shield: Shield, front: ShieldFront): string[] {
  const v = variableOf(mirror);
  return [
    `proxy_cache_path ${front.cache}/breakwater-${mirror.hostname} levels=1 keys_zone=${v}:4m max_size=${front.cacheMiB}m inactive=${shield.staleSeconds}s use_temp_path=off;`,
    ...block(`upstream ${v}_harbor`, [
      `zone ${v}_harbor 64k;`,
      `server ${hostAndPort(front.harborUrl)} max_fails=1 fail_timeout=${retrySeconds(shield)}s;`,
      '# nginx ignores failures of a group with one server, so add a second one that is down.',
      'server 127.0.0.1:9 down;',
      'keepalive 16;',
    ]),
    ...block(`upstream ${v}_nobody`, ['server 127.0.0.1:9 down;']),
    ...block(`map $upstream_cache_status $${v}_onward`, [
      'volatile;',
      `default @${v}_patient;`,
      `EXPIRED @${v}_timed;`,
    ]),
    ...acceptMaps(v),
    ...answerMaps(v),
  ];
}

function acceptMaps(v: string): string[] {
  const each = ALL_TYPES.map((type) => `(?=.*${type.replace(/[.+]/g, '\\$&')})`).join('');
  return [
    ...block(`map $http_accept $${v}_types`, ['default some;', `"~${each}" all;`]),
    ...block(`map "$nginx_version $http_user_agent" $${v}_client`, [
      'default "";',
      `"~*^${OLD_NGINX} (?:${SENDS_LINES})/" all;`,
      `"~^${OLD_NGINX} Go-http-client/" unknown;`,
    ]),
    // Clients that accept the same types share a response; the request to Harbor uses the types in the key.
    ...block(`map "$${v}_client $${v}_types" $${v}_accept`, [
      'default $http_accept;',
      `"~^all |all$" "${ALL_TYPES.join(', ')}";`,
    ]),
    ...block(`map "$${v}_client|$http_authorization" $${v}_own`, ['default 1;', '"|" "";', '"all|" "";']),
  ];
}

/**
 * Only certain manifests are cached: if an upstream returns an HTML page, Harbor returns 200 for HEAD with, text/html and
 * no digest. A GET by tag for an uncached image has no digest, which is valid.
 */
function answerMaps(v: string): string[] {
  return [
    ...block(`map "$request_method $upstream_http_content_type $upstream_http_docker_content_digest" $${v}_doubtful`, [
      'volatile;',
      'default 1;',
      '"~^GET application/vnd\\.(?:oci|docker)\\.[^ ]+ (?:sha256:[0-9a-f]{64})?$" "";',
      '"~^HEAD application/vnd\\.(?:oci|docker)\\.[^ ]+ sha256:[0-9a-f]{64}$" "";',
    ]),
    // The digest of the response differs from the requested one.
    ...block(`map "$uri $upstream_http_docker_content_digest" $${v}_other`, [
      'volatile;',
      'default "";',
      '"~/(?<asked>sha256:[0-9a-f]{64}) (?!\\k<asked>$)." 1;',
    ]),
    ...block(`map $upstream_cache_status $${v}_state`, [
      'volatile;',
      'default fresh;',
      '"" "";',
      'HIT memory;',
      '"~^(?:STALE|UPDATING)$" \'stale; since="$upstream_http_date"\';',
    ]),
    ...block(`map $upstream_cache_status $${v}_warning`, [
      'volatile;',
      'default "";',
      'UPDATING \'110 breakwater "Response is Stale"\';',
      'STALE \'111 breakwater "Revalidation Failed"\';',
    ]),
  ];
}

/**
 * Manifests by tag and by digest, and where a request goes that the memory alone cannot answer:
 *
 *     known, fresh     memory
 *     known, expired   @timed: one request asks Harbor and waits a moment; the others, and it if Harbor is silent, get
 *                      what is known. After a silence Harbor is left alone for a while.
 *     not known        @patient: as without a shield; who wants the same waits for the one that asks
 *     with credential  @own: around the memory
 */
export function shieldLocations(
  mirror: Mirror,
  shield: Shield,
  front: ShieldFront,
  plain: readonly string[],
): string[] {
  const v = variableOf(mirror);
  const kept = memory(v, shield, front);
  const remembered = (accept: string): string[] => [
    ...onlyReading(),
    `error_page 418 = @${v}_own;`,
    `if ($${v}_own) { return 418; }`,
    `set $${v}_asks "${accept}";`,
    'set $args "";',
    intoProject(mirror),
    ...kept,
    `error_page 502 = $${v}_onward;`,
    '# This group has no server: a cache miss continues below, which is not an error.',
    'error_log /dev/null emerg;',
    `proxy_pass http://${v}_nobody;`,
  ];
  return [
    // A digest is one manifest, whatever the client accepts.
    ...block('location ~ "^/v2/.+/manifests/[a-z0-9]+:[0-9a-f]{32,}$"', remembered([...ALL_TYPES, '*/*'].join(', '))),
    ...block('location ~ "^/v2/.+/manifests/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$"', remembered(`$${v}_accept`)),
    ...block(`location @${v}_timed`, [
      ...kept,
      'proxy_cache_use_stale error timeout invalid_header updating http_429 http_500 http_502 http_503 http_504;',
      ...['connect', 'send', 'read'].map((what) => `proxy_${what}_timeout ${shield.upstreamTimeoutSeconds}s;`),
      'proxy_next_upstream off;',
      `proxy_pass ${new URL(front.harborUrl).protocol}//${v}_harbor;`,
    ]),
    ...block(`location @${v}_patient`, [
      ...kept,
      'proxy_cache_lock on;',
      `proxy_cache_lock_timeout ${PATIENCE_SECONDS}s;`,
      `proxy_cache_lock_age ${PATIENCE_SECONDS}s;`,
      `proxy_read_timeout ${PATIENCE_SECONDS}s;`,
      `proxy_pass ${new URL(front.harborUrl).origin};`,
    ]),
    ...block(`location @${v}_own`, [intoProject(mirror), ...plain, 'add_header X-Breakwater-Shield bypass always;']),
  ];
}

/**
 * Only the path and the accepted types of the client's request reach Harbor, so the response cannot depend on anything
 * else.
 */
function memory(v: string, { revalidateSeconds }: Shield, { harborUrl, credential }: ShieldFront): string[] {
  return [
    'proxy_buffering on;',
    `proxy_cache ${v};`,
    // A GET from Harbor may lack the digest for which a HEAD is sent.
    'proxy_cache_convert_head off;',
    `proxy_cache_key "$request_method $uri $${v}_asks";`,
    // nginx counts whole seconds and keeps a response for up to one more.
    `proxy_cache_valid 200 ${Math.max(revalidateSeconds - 1, 1)}s;`,
    `proxy_no_cache $${v}_doubtful $${v}_other;`,
    'proxy_ignore_headers Cache-Control Expires Set-Cookie Vary X-Accel-Expires X-Accel-Redirect X-Accel-Buffering X-Accel-Charset X-Accel-Limit-Rate;',
    'proxy_hide_header Set-Cookie;',
    'proxy_hide_header Www-Authenticate;',
    'proxy_pass_request_headers off;',
    'proxy_pass_request_body off;',
    `proxy_set_header Host ${new URL(harborUrl).host};`,
    'proxy_set_header Connection "";',
    'proxy_set_header User-Agent breakwater-shield;',
    `proxy_set_header Accept $${v}_asks;`,
    ...credential,
    `proxy_ssl_name ${new URL(harborUrl).hostname};`,
    `add_header X-Breakwater-Shield $${v}_state always;`,
    `add_header Warning $${v}_warning always;`,
  ];
}

function hostAndPort(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
}

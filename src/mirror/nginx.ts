import { constantScope, type Mirror } from './mirror';
import { shieldLocations, shieldMaps, type ShieldFront } from './nginx-shield';
import { block, indented, intoProject, onlyReading, variableOf } from './nginx-text';
import type { Shield } from './shield';

/** Settings that all mirrors of an nginx share. */
export interface NginxFront {
  /** Base URL of Harbor, as nginx reaches it. */
  readonly harborUrl: string;
  /** Directory of the certificates, `<hostname>.crt` and `<hostname>.key`. */
  readonly certificates: string;
  /** Directory of the files with a robot's credential, `<hostname>.conf`. */
  readonly robots: string;
  /** PEM of the CAs of Harbor's certificate. */
  readonly authorities: string;
  /** Existing directory for the cached responses of shields. Default `/var/cache`. */
  readonly cache?: string;
  /** Maximum size of one mirror's cache there. Default 256. */
  readonly cacheMiB?: number;
  /** Behind another proxy that terminates TLS: the port to listen on without it. */
  readonly plainPort?: number;
}

/**
 * The server of one mirror domain, for a directory that is included in `http`. It sends Harbor's own host name to
 * Harbor, so that it can run anywhere, and rewrites the realm of the challenge instead.
 */
export function nginxMirror(mirror: Mirror, front: NginxFront): string {
  const variable = variableOf(mirror);
  const { shield } = mirror;
  const lines = [
    `# ${mirror.hostname} serves ${mirror.project} of ${front.harborUrl}`,
    ...(mirror.way === 'robot' ? [] : maps(mirror, variable)),
    ...(shield ? shieldMaps(mirror, shield, shieldFront(mirror, front)) : []),
    ...block('server', [
      ...preamble(mirror, front),
      '',
      'location / { return 404; }',
      'location /v2/_catalog { return 404; }',
      ...(mirror.way === 'robot' ? robotLocations(mirror, front) : tokenLocations(mirror, front, variable)),
      ...(shield ? shielded(mirror, shield, front, variable) : []),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** The file with a robot's credential. @param name with Harbor's prefix: `robot$mirror` */
export function nginxRobot(name: string, secret: string): string {
  const basic = Buffer.from(`${name}:${secret}`, 'utf8').toString('base64');
  return `proxy_set_header Authorization "Basic ${basic}";\n`;
}

function preamble({ hostname, port = 443, allowFrom }: Mirror, front: NginxFront): string[] {
  const { certificates, authorities, plainPort } = front;
  const tls = [
    `listen ${port} ssl;`,
    `server_name ${hostname};`,
    `ssl_certificate ${certificates}/${hostname}.crt;`,
    `ssl_certificate_key ${certificates}/${hostname}.key;`,
    'ssl_protocols TLSv1.2 TLSv1.3;',
  ];
  return [
    ...(plainPort === undefined ? tls : [`listen ${plainPort};`, `server_name ${hostname};`]),
    ...(allowFrom ? [...allowFrom.map((network) => `allow ${network};`), 'deny all;'] : []),
    'proxy_http_version 1.1;',
    'proxy_ssl_server_name on;',
    'proxy_ssl_verify on;',
    'proxy_ssl_verify_depth 5;',
    `proxy_ssl_trusted_certificate ${authorities};`,
    'proxy_redirect off;',
    // With buffering, layers over 1 GB go through temporary files, and clients wait for the first byte.
    'proxy_buffering off;',
    'proxy_read_timeout 900s;',
  ];
}

/**
 * A request without a scope is a login, which must fail: with a scope, Harbor gives an anonymous token for any
 * password.
 */
function maps({ project, shield }: Mirror, variable: string): string[] {
  const query = 'service=harbor-registry';
  return [
    `map $arg_scope $${variable}_args {`,
    ...indented([`"" "${query}";`, `default "${query}&scope=${constantScope(project)}";`]),
    '}',
    // Only Bearer: a request with a credential gets Harbor's Basic challenge, as intended.
    `map $upstream_http_www_authenticate $${variable}_challenge {`,
    ...indented([
      'default $upstream_http_www_authenticate;',
      `"~^Bearer " 'Bearer realm="https://$http_host/service/token",service="harbor-registry"';`,
    ]),
    '}',
    ...(shield
      ? block(`map $http_authorization $${variable}_authorization`, ['default $http_authorization;', `"" "${NOBODY}";`])
      : []),
  ];
}

function tokenLocations(mirror: Mirror, front: NginxFront, variable: string): string[] {
  const challenge = challengeLines(variable);
  const anonymous = mirror.login === true ? [] : ['proxy_set_header Authorization "";'];
  const ping = mirror.shield
    ? block('location = /v2/', OPEN_PING)
    : location('= /v2/', front, [...challenge, ...anonymous]);
  return [
    ...ping,
    // POST is passed on: Harbor returns 405, after which containerd uses GET; after a 403 it would give up.
    ...location('= /service/token', front, [`set $args $${variable}_args;`, ...anonymous]),
    ...location('/v2/', front, [
      ...pullOnly(mirror),
      ...challenge,
      ...(mirror.shield ? [`proxy_set_header Authorization $${variable}_authorization;`] : []),
    ]),
  ];
}

function challengeLines(variable: string): string[] {
  return [
    'proxy_hide_header Www-Authenticate;',
    // Without always it would be missing from the 401.
    `add_header Www-Authenticate $${variable}_challenge always;`,
  ];
}

/** With a shield clients need no token from Harbor, which may be down: the project is public. */
const OPEN_PING = [
  ...onlyReading(),
  'default_type application/json;',
  'add_header Docker-Distribution-Api-Version registry/2.0 always;',
  "return 200 '{}';",
];

function robotLocations(mirror: Mirror, front: NginxFront): string[] {
  const robot = [...robotCredential(mirror, front), 'proxy_hide_header Www-Authenticate;'];
  return [
    ...(mirror.shield ? block('location = /v2/', OPEN_PING) : location('= /v2/', front, [...onlyReading(), ...robot])),
    ...location('/v2/', front, [...pullOnly(mirror), ...robot]),
  ];
}

function robotCredential({ hostname }: Mirror, { robots, plainPort }: NginxFront): string[] {
  // A pattern may match nothing: one missing robot must not prevent the other mirrors from starting.
  return [`include ${robots}/${hostname}.${plainPort === undefined ? 'conf' : 'con[f]'};`];
}

function shieldFront(mirror: Mirror, front: NginxFront): ShieldFront {
  const { harborUrl, cache = '/var/cache', cacheMiB = 256 } = front;
  const credential =
    mirror.way === 'robot' ? robotCredential(mirror, front) : [`proxy_set_header Authorization "${NOBODY}";`];
  return { harborUrl, cache, cacheMiB, credential };
}

/**
 * Harbor refuses a pull without an Authorization header even from a public project, and treats an unreadable token as
 * anonymous, which may pull there (check A6).
 */
const NOBODY = 'Bearer nobody';

function shielded(mirror: Mirror, shield: Shield, front: NginxFront, variable: string): string[] {
  const own =
    mirror.way === 'robot'
      ? [...robotCredential(mirror, front), 'proxy_hide_header Www-Authenticate;']
      : challengeLines(variable);
  return shieldLocations(mirror, shield, shieldFront(mirror, front), [...own, ...harbor(front)]);
}

/** `proxy_pass` has no path: in a location with a rewrite it then uses the rewritten one and keeps the query. */
function location(match: string, front: NginxFront, lines: readonly string[]): string[] {
  return block(`location ${match}`, [...lines, ...harbor(front)]);
}

function harbor({ harborUrl }: NginxFront): string[] {
  // A location that sets one header inherits none.
  return [`proxy_set_header Host ${new URL(harborUrl).host};`, `proxy_pass ${new URL(harborUrl).origin};`];
}

function pullOnly(mirror: Mirror): string[] {
  return [...onlyReading(), intoProject(mirror)];
}

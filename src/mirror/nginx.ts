import { constantScope, type Mirror } from './mirror';
import { shieldLocations, shieldMaps, type ShieldFront } from './nginx-shield';
import { block, indented, intoProject, onlyReading, variableOf } from './nginx-text';
import type { Shield } from './shield';

/** What the mirrors of an nginx have in common. */
export interface NginxFront {
  /** Base URL of Harbor, as nginx reaches it. */
  readonly harborUrl: string;
  /** Directory of the certificates, `<hostname>.crt` and `<hostname>.key`. */
  readonly certificates: string;
  /** Directory of the files with a robot's credential, `<hostname>.conf`. */
  readonly robots: string;
  /** PEM of the authorities that Harbor's certificate is signed by. */
  readonly authorities: string;
  /** Directory that has to exist, below which a shield keeps its answers. Default `/var/cache`. */
  readonly cache?: string;
  /** What the answers of one mirror may take there. Default 256. */
  readonly cacheMiB?: number;
  /** Behind another front that ends TLS: the port to listen on without it. */
  readonly plainPort?: number;
}

/**
 * The server of one mirror domain, for a directory that is included on the level of `http`. It names Harbor's own host
 * to Harbor, so that it can stand anywhere, and rewrites the realm of the challenge instead.
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
    // With it, layers past 1 GB go through temporary files, and clients wait for the first byte.
    'proxy_buffering off;',
    'proxy_read_timeout 900s;',
  ];
}

/** Without a scope it is a login, which has to fail: with one, Harbor gives an anonymous token to any password. */
function maps({ project, shield }: Mirror, variable: string): string[] {
  const query = 'service=harbor-registry';
  return [
    `map $arg_scope $${variable}_args {`,
    ...indented([`"" "${query}";`, `default "${query}&scope=${constantScope(project)}";`]),
    '}',
    // Only Bearer: to a request that carries a credential Harbor says Basic, which is meant.
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
    // A POST goes on: Harbor answers 405, on which containerd asks by GET; at a 403 it would leave.
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
  // A pattern may match nothing: one robot that is missing must not keep the other mirrors from starting.
  return [`include ${robots}/${hostname}.${plainPort === undefined ? 'conf' : 'con[f]'};`];
}

function shieldFront(mirror: Mirror, front: NginxFront): ShieldFront {
  const { harborUrl, cache = '/var/cache', cacheMiB = 256 } = front;
  const credential =
    mirror.way === 'robot' ? robotCredential(mirror, front) : [`proxy_set_header Authorization "${NOBODY}";`];
  return { harborUrl, cache, cacheMiB, credential };
}

/**
 * Harbor refuses a pull without any Authorization header even where the project is public, and takes a token that it
 * cannot read for nobody, who may pull there (check A6).
 */
const NOBODY = 'Bearer nobody';

function shielded(mirror: Mirror, shield: Shield, front: NginxFront, variable: string): string[] {
  const own =
    mirror.way === 'robot'
      ? [...robotCredential(mirror, front), 'proxy_hide_header Www-Authenticate;']
      : challengeLines(variable);
  return shieldLocations(mirror, shield, shieldFront(mirror, front), [...own, ...harbor(front)]);
}

/** `proxy_pass` names no path: in a location with a rewrite it takes the rewritten one, and keeps the query. */
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

import { constantScope, escapeRegExp, type Mirror } from './mirror';

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
}

/**
 * The server of one mirror domain, for a directory that is included on the level of `http`. It names Harbor's own host
 * to Harbor, so that it can stand anywhere, and rewrites the realm of the challenge instead.
 */
export function nginxMirror(mirror: Mirror, front: NginxFront): string {
  const variable = variableOf(mirror);
  const lines = [
    `# ${mirror.hostname} serves ${mirror.project} of ${front.harborUrl}`,
    ...(mirror.way === 'robot' ? [] : maps(mirror, variable)),
    'server {',
    ...indented([
      ...preamble(mirror, front),
      '',
      'location / { return 404; }',
      'location /v2/_catalog { return 404; }',
      ...(mirror.way === 'robot' ? robotLocations(mirror, front) : tokenLocations(mirror, front, variable)),
    ]),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** The file with a robot's credential. @param name with Harbor's prefix: `robot$mirror` */
export function nginxRobot(name: string, secret: string): string {
  const basic = Buffer.from(`${name}:${secret}`, 'utf8').toString('base64');
  return `proxy_set_header Authorization "Basic ${basic}";\n`;
}

function preamble({ hostname, port = 443, allowFrom }: Mirror, { certificates, authorities }: NginxFront): string[] {
  return [
    `listen ${port} ssl;`,
    `server_name ${hostname};`,
    `ssl_certificate ${certificates}/${hostname}.crt;`,
    `ssl_certificate_key ${certificates}/${hostname}.key;`,
    'ssl_protocols TLSv1.2 TLSv1.3;',
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
function maps({ project }: Mirror, variable: string): string[] {
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
  ];
}

function tokenLocations(mirror: Mirror, front: NginxFront, variable: string): string[] {
  const challenge = [
    'proxy_hide_header Www-Authenticate;',
    // Without always it would be missing from the 401.
    `add_header Www-Authenticate $${variable}_challenge always;`,
  ];
  const anonymous = mirror.login === true ? [] : ['proxy_set_header Authorization "";'];
  return [
    ...location('= /v2/', front, [...challenge, ...anonymous]),
    // A POST goes on: Harbor answers 405, on which containerd asks by GET; at a 403 it would leave.
    ...location('= /service/token', front, [`set $args $${variable}_args;`, ...anonymous]),
    ...location('/v2/', front, [...pullOnly(mirror), ...challenge]),
  ];
}

function robotLocations(mirror: Mirror, front: NginxFront): string[] {
  const robot = [`include ${front.robots}/${mirror.hostname}.conf;`, 'proxy_hide_header Www-Authenticate;'];
  return [
    ...location('= /v2/', front, [...onlyReading(), ...robot]),
    ...location('/v2/', front, [...pullOnly(mirror), ...robot]),
  ];
}

/** `proxy_pass` names no path: in a location with a rewrite it takes the rewritten one, and keeps the query. */
function location(match: string, { harborUrl }: NginxFront, lines: readonly string[]): string[] {
  // A location that sets one header inherits none.
  const host = `proxy_set_header Host ${new URL(harborUrl).host};`;
  return [`location ${match} {`, ...indented([...lines, host, `proxy_pass ${new URL(harborUrl).origin};`]), '}'];
}

function onlyReading(): string[] {
  return ['if ($request_method !~ ^(GET|HEAD)$) { return 405; }'];
}

/** Prefixing twice changes nothing: Harbor's redirects and links come back with the project in them. */
function pullOnly({ project }: Mirror): string[] {
  return [...onlyReading(), `rewrite ^/v2/(?:${escapeRegExp(project)}/)?(.+)$ /v2/${project}/$1 break;`];
}

/** One for each name: a dot becomes one underscore and a hyphen two, and no hostname has them side by side. */
function variableOf({ hostname }: Mirror): string {
  return `mirror_${hostname.replace(/[.-]/g, (character) => (character === '.' ? '_' : '__'))}`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

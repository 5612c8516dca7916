import { nginxMirror } from '../../mirror';
import { launchEntrypoint } from '../launch';
import { toMirror } from './dynamic-configuration';
import type { EdgeContainer } from './edge-container';
import type { EdgeEnvironment, EdgeMirror } from './edge-schema';
import { SHIELD_ROBOTS_DIRECTORY } from './host-paths';
import { SHIELD_PORT, shieldedMirrors } from './shielded';

const DIRECTORY = '/run/shield';
const CACHE = '/var/cache/shield';
const CACHE_MIB = 256;
/**
 * Limit for cached responses of all mirrors: nginx checks it every few seconds, and a full file system truncates a
 * response.
 */
const KEPT_MIB = 192;
/** The user of Harbor's own nginx, because it is the same image. */
export const SHIELD_USER = '10000:10000';

/**
 * The caching nginx behind Traefik, as data; undefined if no mirror has a shield. It can reach only Harbor's nginx and
 * can be reached only by Traefik.
 * @param harborAddress of Harbor's nginx on the edge network: nginx resolves a name only once, at startup
 */
export function shieldContainer(edge: EdgeEnvironment, harborAddress: string): EdgeContainer | undefined {
  const mirrors = shieldedMirrors(edge);
  if (mirrors.length === 0) return undefined;
  const hasRobots = mirrors.some(({ way }) => way === 'robot');
  return {
    user: SHIELD_USER,
    entrypoint: launchEntrypoint({ directory: DIRECTORY, files: shieldFiles(mirrors, harborAddress) }),
    command: ['nginx', '-c', `${DIRECTORY}/nginx.conf`, '-e', 'stderr'],
    mounts: hasRobots ? [{ source: SHIELD_ROBOTS_DIRECTORY, target: SHIELD_ROBOTS_DIRECTORY, readOnly: true }] : [],
    tmpfs: {
      [CACHE]: `uid=10000,gid=10000,mode=0700,size=${CACHE_MIB}m`,
      [DIRECTORY]: 'uid=10000,gid=10000,mode=0700,size=4m',
    },
    ports: [],
    healthcheck: ['CMD-SHELL', `curl --fail --silent --output /dev/null http://127.0.0.1:${SHIELD_PORT}/healthz`],
    memoryMiB: CACHE_MIB + 256,
    stopGraceSeconds: 30,
  };
}

/** Content by name. */
export function shieldFiles(mirrors: readonly EdgeMirror[], harborAddress: string): Map<string, string> {
  const front = {
    harborUrl: `http://${harborAddress}:8080`,
    certificates: DIRECTORY,
    robots: SHIELD_ROBOTS_DIRECTORY,
    authorities: '/dev/null',
    cache: CACHE,
    cacheMiB: Math.max(Math.floor(KEPT_MIB / mirrors.length), 1),
    plainPort: SHIELD_PORT,
  };
  const servers = mirrors.map((mirror) => {
    // Traefik sees the client's address and refuses clients that may not use the mirror.
    const { allowFrom: _seenByTraefik, ...one } = toMirror(mirror);
    return [`mirror-${mirror.hostname}.conf`, nginxMirror(one, front).trimEnd()] as const;
  });
  return new Map([['nginx.conf', mainConfiguration()], ...servers]);
}

function mainConfiguration(): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${CACHE}/${name};`,
  );
  return [
    'daemon off;',
    'worker_processes auto;',
    `pid ${DIRECTORY}/nginx.pid;`,
    'error_log stderr warn;',
    'events { worker_connections 4096; }',
    'http {',
    ...temporary,
    '  server_tokens off;',
    '  server_names_hash_bucket_size 512;',
    '  variables_hash_max_size 8192;',
    '  client_max_body_size 1m;',
    '  log_format shield \'$time_iso8601 $host "$request" $status $body_bytes_sent $request_time $upstream_cache_status "$http_user_agent"\';',
    '  access_log /dev/stdout shield;',
    `  server { listen ${SHIELD_PORT} default_server; location = /healthz { access_log off; return 200; } location / { return 404; } }`,
    `  include ${DIRECTORY}/mirror-*.conf;`,
    '}',
  ].join('\n');
}

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SERVICES, type ServiceId } from '../../../src/deploy/harbor';
import type { HarborPins, ImagePin } from '../../../src/deploy/images';

const SERVE = `#!/bin/sh
# A stand-in: answers 200 to everything that the service's healthcheck asks for.
mkdir -p /tmp/www/api/v2.0 /tmp/www/api/v1 /tmp/www/probe
for path in index.html api/v2.0/ping api/v1/stats api/health probe/healthy; do echo ok >"/tmp/www/$path"; done
for port in 8080 5000 10514; do busybox httpd -p $port -h /tmp/www; done
trap 'exit 0' TERM INT
while :; do sleep 1; done
`;

/** Programs that the images have and that their healthchecks call. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'usr/bin/netstat': '#!/bin/sh\nexec busybox netstat "$@"\n',
  'usr/bin/grep': '#!/bin/sh\nexec busybox grep "$@"\n',
  'usr/bin/curl': '#!/bin/sh\nfor last; do :; done\nexec busybox wget -q -O /dev/null "$last"\n',
  'usr/bin/docker-healthcheck': '#!/bin/sh\nexit 0\n',
  'docker-healthcheck.sh': '#!/bin/sh\nexit 0\n',
  'usr/bin/traefik': '#!/bin/sh\n[ "$1" = healthcheck ] && exit 0\nexec /serve\n',
  serve: SERVE,
};

const ENTRYPOINTS: Readonly<Partial<Record<ServiceId, string>>> = {
  core: '/harbor/entrypoint.sh',
  jobservice: '/harbor/entrypoint.sh',
  registryctl: '/home/harbor/start.sh',
  'trivy-adapter': '/home/scanner/entrypoint.sh',
  exporter: '/harbor/entrypoint.sh',
};

/**
 * Small images that stand in for Harbor's and Traefik's: BusyBox with the entrypoints and healthcheck programs of the
 * real ones, so that users, mounts, wrappers and healthchecks are tried, and Harbor itself is not. They are pushed to
 * `registry` because a digest only exists there.
 * @param env names another Docker
 */
export function pushStandIns(registry: string, env = process.env): { harbor: HarborPins; traefik: ImagePin } {
  const root = mkdtempSync(join(tmpdir(), 'breakwater-stand-in-'));
  try {
    buildRoot(root);
    const tar = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 * 1024 * 1024 });
    const harbor = SERVICES.map((id) => {
      const start = ENTRYPOINTS[id];
      const image = push(tar, `${registry}/stand-in/${id}:v2.15.2`, start ?? '/serve', env);
      return [id, { image, ...(start !== undefined && { entrypoint: [start] }) }] as const;
    });
    return {
      harbor: Object.fromEntries(harbor),
      traefik: { image: push(tar, `${registry}/stand-in/traefik:v3.7.9`, '/serve', env) },
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function buildRoot(root: string): void {
  // A new temporary directory is its owner's alone, and would be the root of every image.
  chmodSync(root, 0o755);
  for (const folder of ['bin', 'usr/bin', 'tmp', 'harbor', 'home/harbor', 'run', 'etc/nginx']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  chmodSync(join(root, 'tmp'), 0o1777);
  cpSync('/usr/bin/busybox', join(root, 'bin/busybox'), { dereference: true });
  for (const applet of ['sh', 'sleep', 'mkdir', 'echo', 'printf', 'cat', 'id', 'env', 'stat']) {
    execFileSync('ln', ['-s', 'busybox', join(root, 'bin', applet)]);
  }
  const starts = [...new Set(Object.values(ENTRYPOINTS))].map((path) => [
    path.slice(1),
    '#!/bin/sh\nexec /serve "$@"\n',
  ]);
  for (const [path, text] of [...Object.entries(PROGRAMS), ...starts] as [string, string][]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), 0o755);
  }
}

/** @returns name:tag@sha256:… */
function push(tar: Buffer, name: string, entrypoint: string, env: NodeJS.ProcessEnv): string {
  const change = [
    '--change',
    'ENV PATH=/bin:/usr/bin',
    '--change',
    `ENTRYPOINT ["${entrypoint}"]`,
    '--change',
    `LABEL name=${name}`,
  ];
  execFileSync('docker', ['import', ...change, '-', name], { env, input: tar, stdio: ['pipe', 'ignore', 'pipe'] });
  execFileSync('docker', ['push', '-q', name], { env, stdio: 'pipe' });
  const format = '{{index .RepoDigests 0}}';
  const inspected = execFileSync('docker', ['image', 'inspect', '--format', format, name], { env });
  const digest = inspected.toString().trim().split('@')[1];
  const pinned = `${name}@${digest ?? ''}`;
  execFileSync('docker', ['rmi', '-f', name], { env, stdio: 'ignore' });
  return pinned;
}

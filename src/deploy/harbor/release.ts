import gt from 'semver/functions/gt';
import lt from 'semver/functions/lt';
import rsort from 'semver/functions/rsort';
import type { ServiceId } from '../service-ids';

/** Differences between Harbor releases that affect their containers. */
export interface Release {
  /** The last part of each image's name, in any registry. */
  readonly images: Readonly<Record<ServiceId | 'prepare', string>>;
  /** The program that `redis` runs, and its health check. */
  readonly redis: { readonly command: readonly string[]; readonly healthcheck: readonly string[] };
  readonly postgresql: {
    readonly healthcheck: readonly string[];
    /** Its major version. */
    readonly major: number;
    /** The only other major version whose data it accepts: its first start then runs pg_upgrade. */
    readonly migratesFrom: number;
  };
}

const VALKEY: Release = {
  images: {
    prepare: 'prepare',
    log: 'harbor-log',
    registry: 'registry-photon',
    registryctl: 'harbor-registryctl',
    postgresql: 'harbor-db',
    core: 'harbor-core',
    portal: 'harbor-portal',
    jobservice: 'harbor-jobservice',
    redis: 'valkey-photon',
    proxy: 'nginx-photon',
    'trivy-adapter': 'trivy-adapter-photon',
    exporter: 'harbor-exporter',
  },
  redis: { command: ['valkey-server', '/etc/redis.conf'], healthcheck: ['CMD', 'docker-healthcheck'] },
  postgresql: { healthcheck: ['CMD', '/docker-healthcheck.sh'], major: 18, migratesFrom: 15 },
};

const REDIS: Release = {
  images: { ...VALKEY.images, redis: 'redis-photon' },
  redis: { ...VALKEY.redis, command: ['redis-server', '/etc/redis.conf'] },
  postgresql: { ...VALKEY.postgresql, major: 15, migratesFrom: 14 },
};

/** Every name that an image of Harbor has in one of the releases. */
export const IMAGE_NAMES: ReadonlySet<string> = new Set([VALKEY, REDIS].flatMap(({ images }) => Object.values(images)));

/**
 * Valkey and PostgreSQL 18 came with v2.15.2. Compared with the record of Harbor's own releases, releases.json.
 * @param version v2.15.2
 */
export function releaseOf(version: string): Release {
  return lt(version, '2.15.2') ? REDIS : VALKEY;
}

/** The newest of these releases. */
export function newestRelease(releases: readonly string[]): string | undefined {
  return rsort([...releases])[0];
}

/** Tags of a registry that are releases and newer than `release`, newest first. */
export function newerReleases(tags: readonly string[], release: string): string[] {
  return rsort(tags.filter((tag) => /^v2\.\d+\.\d+$/.test(tag) && gt(tag, release)));
}

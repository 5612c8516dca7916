import { harborServices, RECORDED_RELEASES, releaseOf, SERVICES, type ServiceId } from '../../../../src/deploy/harbor';
import { checkRelease } from '../../../../src/deploy/harbor/recorded';
import record from '../../../../src/deploy/harbor/releases.json';

interface Recorded {
  readonly image: string;
  readonly env_file: boolean;
  readonly targets: readonly string[];
  readonly depends_on: readonly string[];
  readonly ports: readonly string[];
  readonly shm_size?: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck?: string;
}

/** As Harbor's own Compose file and images have it. */
function recordedOf(version: string): Readonly<Record<ServiceId, Recorded>> {
  const { layout } = record.releases[version as keyof typeof record.releases];
  return record.layouts[layout as keyof typeof record.layouts];
}

const DIGESTS = Object.fromEntries(SERVICES.map((id) => [id, 'd'.repeat(64)]));

function oursOf(version: string) {
  const harbor = { version, hostname: 'harbor.lab.test', trivy: true, metrics: true, log_container: true };
  return harborServices(harbor, DIGESTS);
}

/** Mounts of Harbor's own that a container here does without, and why. */
const LEFT_OUT: Readonly<Partial<Record<ServiceId, readonly string[]>>> = {
  // Lies in the prepared directory itself.
  registry: ['/etc/registry/root.crt'],
  // A certificate of UAA only, which is gone.
  core: ['/etc/core/certificates'],
  // Trust for upstreams with TLS, which are plain HTTP on the internal network.
  proxy: ['/harbor_cust_cert'],
};

/** The users of the images by their numbers. */
const UIDS: Readonly<Record<string, string>> = {
  harbor: '10000:10000',
  nginx: '10000:10000',
  scanner: '10000:10000',
  postgres: '999:999',
  redis: '999:999',
  valkey: '999:999',
};

/** Of a shell line or a list of words, the program and the URL that are asked first. */
function asked(healthcheck: string): string {
  const line = healthcheck.startsWith('[') ? (JSON.parse(healthcheck) as string[]).join(' ') : healthcheck;
  return line
    .split('||')[0]!
    .replace('localhost', '127.0.0.1')
    .replace(/\s*\|\s*/g, ' | ')
    .replace(/\/?\s*$/, '');
}

describe.each(RECORDED_RELEASES)('the containers of Harbor %s', (version) => {
  const recorded = recordedOf(version);
  const ours = oursOf(version);

  it('are those of Harbor’s own Compose file, from its images', () => {
    expect(ours.map(({ id }) => id).sort()).toEqual(Object.keys(recorded).sort());
    const names = Object.entries(recorded).map(([id, { image }]) => [id, image]);
    expect({ ...Object.fromEntries(names), prepare: 'prepare' }).toEqual(releaseOf(version).images);
  });

  it.each(ours)(
    '$id has every mount, and an env file where Harbor gives it one',
    ({ id, mounts, readsEnvFile, env }) => {
      const targets = mounts.map(({ target }) => target);
      const theirs = recorded[id].targets.filter((target) => !LEFT_OUT[id]?.includes(target));
      expect(targets).toEqual(expect.arrayContaining(theirs.map((target) => (target === '/data' ? '/data' : target))));
      const passwordFile = env?.some((one) => one.startsWith('POSTGRES_PASSWORD_FILE=')) ?? false;
      expect(readsEnvFile === true || passwordFile).toBe(recorded[id].env_file);
    },
  );

  it.each(ours.filter(({ user }) => user !== undefined))('$id runs as the user of its image', ({ id, user }) => {
    const { user: name } = recorded[id];
    if (name !== undefined) expect(user).toBe(UIDS[name]);
  });

  it.each(ours)('$id waits for what it waits for in Harbor', ({ id, dependsOn }) => {
    const reached = new Set<string>();
    const visit = (one: ServiceId): void => {
      for (const next of ours.find((service) => service.id === one)!.dependsOn) {
        if (!reached.has(next)) visit(next);
        reached.add(next);
      }
    };
    visit(id);
    expect([...reached]).toEqual(expect.arrayContaining([...recorded[id].depends_on]));
    expect(dependsOn).not.toContain(id);
  });

  it.each(ours.filter(({ healthcheck }) => healthcheck !== undefined))(
    '$id is asked for its health as its image asks',
    ({ id, healthcheck }) => {
      const { healthcheck: theirs } = recorded[id];
      expect(asked(healthcheck!.slice(1).join(' '))).toBe(asked(theirs!));
    },
  );

  it('publishes only the port of the log container', () => {
    const published = ours.flatMap(({ id, ports = [] }) =>
      ports.map(({ address, external, internal }) => `${id} ${address}:${external}:${internal}`),
    );
    expect(published).toEqual([`log ${recorded.log.ports[0]}`]);
  });

  it('gives PostgreSQL its shared memory and the versions that it migrates between', () => {
    const { sharedMemoryMiB } = ours.find(({ id }) => id === 'postgresql')!;
    expect(`${sharedMemoryMiB! / 1024}gb`).toBe(recorded.postgresql.shm_size);
    const { major, migratesFrom } = releaseOf(version).postgresql;
    expect(recorded.postgresql.entrypoint).toEqual(['/docker-entrypoint.sh', String(migratesFrom), String(major)]);
  });

  it('starts Redis or Valkey as its image does', () => {
    expect(releaseOf(version).redis.command).toEqual(recorded.redis.command);
  });
});

describe('a release of Harbor', () => {
  it('is recorded from 2.13 to 2.15.2, each with the commit that was read', () => {
    expect(RECORDED_RELEASES).toHaveLength(14);
    expect([RECORDED_RELEASES[0], RECORDED_RELEASES.at(-1)]).toEqual(['v2.15.2', 'v2.13.0']);
    for (const { commit } of Object.values(record.releases)) expect(commit).toMatch(/^[0-9a-f]{40}$/);
  });

  it.each(RECORDED_RELEASES)('%s is used without a finding', (version) => {
    expect(checkRelease(version)).toEqual([]);
  });

  it.each(['v2.15.3', 'v2.13.6', 'v2.14.17'])('%s is a warning: a patch of a recorded line', (version) => {
    expect(checkRelease(version)).toEqual([
      expect.objectContaining({ severity: 'warning', path: ['harbor', 'version'] }),
    ]);
  });

  it.each(['v2.16.0', 'v2.12.4', 'v3.0.0', 'v1.10.0'])('%s is refused: nothing of its line is recorded', (version) => {
    const [finding, ...more] = checkRelease(version);
    expect(more).toEqual([]);
    expect(finding!.severity).toBeUndefined();
    expect(finding!.hint).toContain('v2.13.0 to v2.15.2');
  });
});

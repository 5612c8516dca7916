import { SERVICES } from '../../../src/deploy/harbor';
import { containersOf, inputsOf, synth } from './synth';

const everything = { version: 'v2.15.2', hostname: 'harbor.lab.test', trivy: true, metrics: true, log_container: true };
const whole = synth(inputsOf({ harbor: everything }));
const containers = containersOf(whole.stacks['harbor']);
const plainContainers = containersOf(synth(inputsOf()).stacks['harbor']);

describe('the stack harbor', () => {
  it('has every container of Harbor, and without options those that a proxy cache needs', () => {
    expect(Object.keys(containers).sort()).toEqual([...SERVICES].sort());
    const optional = new Set(['log', 'trivy-adapter', 'exporter']);
    expect(Object.keys(plainContainers).sort()).toEqual(SERVICES.filter((id) => !optional.has(id)).sort());
  });

  it.each(Object.entries(containers))('hardens %s', (id, container) => {
    expect(container).toMatchObject({
      name: `harbor-${id}`,
      restart: 'always',
      capabilities: { drop: ['ALL'] },
      security_opts: ['no-new-privileges:true'],
      destroy_grace_seconds: expect.any(Number),
    });
    expect(container['memory_swap']).toBe(container['memory']);
    expect(container['privileged']).toBeUndefined();
    expect(container['hostname']).toBeUndefined();
    expect(container.image).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  it('adds capabilities only to the log container, which starts as root', () => {
    const added = Object.values(containers).filter(({ capabilities }) => capabilities.add !== undefined);
    expect(added.map(({ name, user }) => [name, user])).toEqual([['harbor-log', undefined]]);
  });

  it('publishes nothing; the log container takes what the daemon of the same host sends', () => {
    expect(Object.values(plainContainers).flatMap(({ ports = [] }) => ports)).toEqual([]);
    const published = Object.values(containers).flatMap(({ ports = [] }) => ports);
    expect(published).toEqual([{ internal: 10514, external: 1514, ip: '127.0.0.1' }]);
  });

  it('publishes ports only on a network that is not internal, because Docker publishes none on those', () => {
    const publishing = Object.values(containers).filter(({ ports = [] }) => ports.length > 0);
    expect(publishing.map(({ networks_advanced: networks }) => networks)).toEqual([
      [{ name: '${docker_network.network-egress.id}' }],
    ]);
  });

  it('runs the database and the cache as 999, all others as 10000', () => {
    const users = Object.entries(plainContainers).map(([id, { user }]) => [id, user]);
    const of = (wanted: string) => users.filter(([, user]) => user === wanted).map(([id]) => id);
    expect(of('999:999').sort()).toEqual(['postgresql', 'redis']);
    expect(of('10000:10000').sort()).toEqual(['core', 'jobservice', 'portal', 'proxy', 'registry', 'registryctl']);
  });

  it('mounts what was prepared read-only, from a directory that is named by its content', () => {
    const prepared = Object.values(containers).flatMap(({ mounts }) =>
      mounts.filter((m) => m.source.startsWith('/opt')),
    );
    expect(prepared.length).toBeGreaterThan(20);
    for (const { source, read_only: readOnly } of prepared) {
      expect(readOnly).toBe(true);
      expect(source).toMatch(/^\/opt\/harbor\/prepared\/[a-z-]+\/c{64}\/./);
    }
  });

  it.each(['core', 'jobservice', 'registryctl', 'trivy-adapter', 'exporter'])(
    'reads the env file of %s before the entrypoint of its image, and repeats its CMD',
    (id) => {
      const { entrypoint = [], command, mounts, env } = containers[id]!;
      expect(entrypoint.slice(0, 2)).toEqual(['/bin/sh', '-c']);
      expect(entrypoint.slice(3)).toEqual(['launch', '/run/breakwater/env', '/', '--', `/start-${id}`]);
      expect(command).toEqual(['serve']);
      expect(mounts.map(({ target }) => target)).toContain('/run/breakwater/env');
      expect(env).toBeUndefined();
    },
  );

  it('waits an hour for those that migrate data, three minutes for all others, and as long as is declared', () => {
    const waits = (from: typeof containers): unknown[] =>
      ['postgresql', 'core', 'portal', 'exporter'].map((id) => from[id]?.['wait_timeout']);
    expect(waits(containers)).toEqual([3600, 3600, 180, undefined]);
    const harbor = { ...everything, waits: { postgresql: '2h', core: '90s' } };
    expect(waits(containersOf(synth(inputsOf({ harbor })).stacks['harbor']))).toEqual([7200, 90, 180, undefined]);
  });

  it('gives the provider longer than its own 20 minutes if the wait is longer', () => {
    const timeouts = ['postgresql', 'core', 'portal'].map((id) => containers[id]?.['timeouts']);
    expect(timeouts).toEqual([{ create: '4800s' }, { create: '4800s' }, undefined]);
  });

  it.each([
    ['v2.14.4', 'redis-server'],
    ['v2.15.1', 'redis-server'],
    ['v2.15.2', 'valkey-server'],
    ['v2.16.0', 'valkey-server'],
  ])('runs in redis of %s %s', (version, server) => {
    const harbor = { ...everything, version };
    const { redis } = containersOf(synth(inputsOf({ harbor })).stacks['harbor']);
    expect(redis).toMatchObject({
      command: [server, '/etc/redis.conf'],
      healthcheck: { test: ['CMD', 'docker-healthcheck'] },
    });
  });

  it('has PostgreSQL read its password from a file, and stop at once', () => {
    const { env, entrypoint, ...database } = containers['postgresql']!;
    expect(env).toEqual(['POSTGRES_PASSWORD_FILE=/run/breakwater/password']);
    expect(entrypoint).toBeUndefined();
    expect(database).toMatchObject({ stop_signal: 'SIGINT', shm_size: 1024, read_only: true });
  });

  it('names services on the internal network alone, at addresses that never change', () => {
    const { networks_advanced: networks } = containers['core']!;
    expect(networks).toEqual([
      { name: '${docker_network.network-internal.id}', aliases: ['core'], ipv4_address: '10.213.10.14' },
      { name: '${docker_network.network-egress.id}' },
    ]);
    const address = (from: typeof containers, id: string) => from[id]!.networks_advanced[0]!.ipv4_address;
    for (const id of Object.keys(plainContainers)) expect(address(plainContainers, id)).toBe(address(containers, id));
    expect(new Set(Object.keys(plainContainers).map((id) => address(plainContainers, id))).size).toBe(8);
    expect(whole.stacks['harbor']!.resource['docker_network']!['network-internal']).toMatchObject({
      internal: true,
      ipam_config: [{ subnet: '10.213.10.0/24', gateway: '10.213.10.1', ip_range: '10.213.10.128/25' }],
    });
  });

  it('declares the gateways, which Docker reports only after a restart', () => {
    const networks = Object.values(whole.stacks['harbor']!.resource['docker_network']!);
    const gateways = networks.map(({ ipam_config: ipam }) => (ipam as { gateway: string }[])[0]!.gateway);
    expect(gateways.sort()).toEqual(['10.213.10.1', '10.213.11.1', '10.213.12.1']);
  });

  it('lets only those out that reach what is outside', () => {
    const out = (from: typeof containers) =>
      Object.entries(from)
        .filter(([, { networks_advanced: all }]) => all.some(({ name }) => name.includes('egress')))
        .map(([id]) => id)
        .sort();
    expect(out(containers)).toEqual(['core', 'jobservice', 'log', 'trivy-adapter']);
    const storage = { s3: { bucket: 'layers', region: 'eu-central-1' } };
    const external = { database: { host: 'db.lab.test' }, redis: { addresses: ['redis.lab.test:6379'] }, storage };
    const outside = containersOf(synth(inputsOf({ harbor: { ...everything, ...external } })).stacks['harbor']);
    expect(out(outside)).toEqual([
      ...['core', 'exporter', 'jobservice', 'log'],
      ...['registry', 'registryctl', 'trivy-adapter'],
    ]);
    expect(Object.keys(outside)).not.toContain('postgresql');
    expect(Object.keys(outside)).not.toContain('redis');
    expect(outside['core']!.depends_on).not.toContain('docker_container.postgresql');
  });

  it('starts nginx after everything that its configuration names: it does not start without their addresses', () => {
    const after = (from: typeof containers) => [...(from['proxy']!.depends_on ?? [])].sort();
    expect(after(plainContainers)).toEqual(['docker_container.core', 'docker_container.portal']);
    const measured = ['core', 'exporter', 'jobservice', 'portal'].map((id) => `docker_container.${id}`);
    expect(after(containers)).toEqual(measured);
  });

  it('puts the edge network on nginx alone', () => {
    const edge = Object.values(containers).filter(({ networks_advanced: all }) =>
      all.some(({ name }) => name.includes('edge')),
    );
    expect(edge.map(({ name }) => name)).toEqual(['harbor-proxy']);
  });

  it('stops before anything is destroyed if an image is not on the host', () => {
    const guards = Object.values(whole.stacks['harbor']!.data!['docker_image']!).map(({ name }) => name);
    expect(guards.sort()).toEqual(
      Object.values(containers)
        .map(({ image }) => image)
        .sort(),
    );
  });

  it.each([
    ['a prepared file', { services: { portal: 'd'.repeat(64) } }, ['portal']],
    [
      'the files that every run of prepare changes',
      { services: { core: 'd'.repeat(64), registry: 'd'.repeat(64) } },
      ['core', 'registry'],
    ],
  ])('replaces exactly the containers that read %s', (_what, { services }, changed) => {
    const inputs = inputsOf();
    const prepared = { ...inputs.prepared!, services: { ...inputs.prepared!.services, ...services } };
    const after = containersOf(synth({ ...inputs, prepared }).stacks['harbor']);
    const differing = Object.keys(after).filter(
      (id) => JSON.stringify(after[id]!.labels) !== JSON.stringify(plainContainers[id]!.labels),
    );
    expect(differing.sort()).toEqual(changed);
  });

  it('replaces a container whose layout changes, because the provider would plan that in place and do nothing', () => {
    const moved = containersOf(
      synth(inputsOf({ harbor: { ...inputsOf().environment.harbor, data_volume: '/srv/harbor' } })).stacks['harbor'],
    );
    const spec = (from: typeof containers, id: string) =>
      from[id]!.labels.find(({ label }) => label === 'io.breakwater.spec')!.value;
    expect(spec(moved, 'redis')).not.toBe(spec(plainContainers, 'redis'));
    expect(spec(moved, 'portal')).toBe(spec(plainContainers, 'portal'));
  });

  it('takes the limits that are declared', () => {
    const harbor = { ...inputsOf().environment.harbor, limits: { core: { memory: 4096 } } };
    const { core, portal } = containersOf(synth(inputsOf({ harbor })).stacks['harbor']);
    expect([core!['memory'], core!['memory_swap'], portal!['memory']]).toEqual([4096, 4096, 128]);
  });

  it('sends all logs to the log container if there is one, and has Docker rotate them if not', () => {
    expect(containers['core']!['log_opts']).toEqual({ 'syslog-address': 'tcp://127.0.0.1:1514', tag: 'core' });
    expect(containers['log']!['log_driver']).toBe('json-file');
    expect(plainContainers['core']!['log_opts']).toEqual({ 'max-size': '20m', 'max-file': '5' });
  });
});

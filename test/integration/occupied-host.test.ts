import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { cannotMount } from './real-clients/client';
import { startDaemon, type Daemon } from './real-clients/run';
import { preparedJson, projectDouble, type ProjectDouble } from './up-doubles';

jest.setTimeout(120_000);

function describeWithDocker(name: string, tests: () => void): void {
  const absent = ['docker', 'dockerd', 'python3'].filter(
    (one) => spawnSync('sh', ['-c', `command -v ${one}`]).status !== 0,
  );
  const reason = absent.length > 0 ? `${absent.join(' and ')} not found: apt-get install docker.io` : cannotMount();
  if (reason === undefined) return describe(name, tests);
  process.stderr.write(`skipped: ${name}: ${reason}\n`);
  describe.skip(name, tests);
}

/** A real Docker without a network, and containers that only sleep: what they are called and what they mount is all. */
describeWithDocker('a host on which a Harbor runs from docker-compose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-occupied-'));
  const data = join(folder, 'data');
  const env = { DOCKER_HOST: `unix://${join(folder, 'docker.sock')}` };
  const policies = directoryWith({ 'p.yaml': 'harbor: { url: "http://127.0.0.1:1" }\nlabels: { a: {} }\n' });
  let daemon: Daemon;
  let project: ProjectDouble;

  const docker = (...args: string[]): string =>
    execFileSync('docker', args, { env: { ...process.env, ...env }, encoding: 'utf8' }).trim();
  const start = (name: string, image: string, ...more: string[]): string =>
    docker('run', '--detach', '--name', name, '--network', 'none', ...more, image);

  beforeAll(async () => {
    for (const part of ['database', 'registry', 'redis']) mkdirSync(join(data, part), { recursive: true });
    const places = ['--data-root', join(folder, 'docker'), '--exec-root', join(folder, 'exec')];
    const alone = ['--bridge', 'none', '--iptables=false', '--ip6tables=false', '--storage-driver', 'vfs'];
    const reach = ['--host', env.DOCKER_HOST, '--pidfile', join(folder, 'docker.pid')];
    const ready = async (): Promise<string> => docker('version', '--format', '{{.Server.Version}}');
    daemon = await startDaemon(join(folder, 'log'), ['dockerd', ...places, ...alone, ...reach], ready);
    const image = execFileSync(
      'sh',
      ['-c', "tar -C / -ch bin/sleep $(ldd /bin/sleep | grep -o '/lib[^ ]*' | sort -u | cut -c2-)"],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    execFileSync('docker', ['import', '--change', 'CMD ["/bin/sleep","600"]', '-', 'corp.test/sleep:1'], {
      env: { ...process.env, ...env },
      input: image,
    });
    docker('tag', 'corp.test/sleep:1', 'goharbor/harbor-db:v2.12.2');
    docker('tag', 'corp.test/sleep:1', 'mirror.corp.test/library/valkey-photon:v2.15.2');
  });

  afterAll(async () => {
    await daemon?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    project = projectDouble(
      `harbor: { version: v2.15.2, hostname: harbor.corp.internal, data_volume: ${data} }\n` +
        'host: { local: true }\nedge: { certificate: { self_signed: true } }\n',
    );
    const prepared = { ...(JSON.parse(preparedJson('v2.15.2')) as object), dataVolume: data };
    project.write('stacks/prepared/prod.json', JSON.stringify(prepared));
  });

  afterEach(() => {
    const all = docker('ps', '--all', '--quiet').split('\n').filter(Boolean);
    if (all.length > 0) docker('rm', '--force', '--volumes', ...all);
  });

  function up(...argv: string[]): Promise<CliResult> {
    const given = { ...project.env, ...env, PATH: `${project.env['PATH']}:${process.env['PATH']}` };
    return cli(['up', '--yes', '--policies', policies, ...argv], given, project.directory);
  }

  it.each([
    ['images', 'harbor'],
    ['harbor', 'harbor'],
    ['host', 'host'],
  ])('is refused from %s to %s, with the names of the containers', async (from, to) => {
    const compose = ['com.docker.compose.project=harbor', 'com.docker.compose.project.working_dir=/opt/harbor'];
    const labels = compose.flatMap((label) => ['--label', label]);
    start(
      'harbor-db',
      'goharbor/harbor-db:v2.12.2',
      '--volume',
      `${data}/database:/var/lib/postgresql/data`,
      ...labels,
    );
    start('registry', 'corp.test/sleep:1', '--volume', `${data}/registry:/storage`);
    const { code, err } = await up('--from', from, '--to', to);
    expect({ code, err }).toEqual({ code: 6, err: expect.stringContaining('[foreign-containers] 2 containers are') });
    expect(err).toContain(
      `harbor-db (goharbor/harbor-db:v2.12.2, running, of /opt/harbor) runs a Harbor image and mounts ${data}/database`,
    );
    expect(err).toContain(`registry (corp.test/sleep:1, running) mounts ${data}/registry`);
    expect(err).toContain('docs/guides/take-over.md');
    expect(project.started()).toEqual([]);
  });

  it.each<[string, () => void, string | undefined]>([
    [
      'a Harbor image of another registry that mounts nothing',
      () => start('cache', 'mirror.corp.test/library/valkey-photon:v2.15.2'),
      'cache (mirror.corp.test/library/valkey-photon:v2.15.2, running) runs a Harbor image',
    ],
    [
      'a stopped container that Docker starts again',
      () =>
        docker('create', '--name', 'old', '--restart', 'always', '--volume', `${data}/redis:/x`, 'corp.test/sleep:1'),
      `old (corp.test/sleep:1, created) mounts ${data}/redis`,
    ],
    [
      'a named volume that is a bind mount of the data',
      () => {
        const options = ['type=none', 'o=bind', `device=${data}/registry`].flatMap((one) => ['--opt', one]);
        docker('volume', 'create', ...options, 'blobs');
        start('by-volume', 'corp.test/sleep:1', '--volume', 'blobs:/storage');
      },
      `by-volume (corp.test/sleep:1, running) mounts ${data}/registry`,
    ],
    [
      'a front on one of our ports',
      () => docker('create', '--name', 'front', '--restart', 'always', '--publish', '443:8443', 'corp.test/sleep:1'),
      'front (corp.test/sleep:1, created) publishes port 443',
    ],
    [
      'a container of ours',
      () =>
        start('harbor-core', 'goharbor/harbor-db:v2.12.2', '--label', 'io.breakwater.spec=a', '-v', `${data}:/data`),
      undefined,
    ],
    ['a container that only reads', () => start('backup', 'corp.test/sleep:1', '-v', `${data}:/data:ro`), undefined],
    [
      'a container elsewhere',
      () => start('wiki', 'corp.test/sleep:1', '-v', `${folder}/data-of-wiki:/data`),
      undefined,
    ],
    [
      'a container that mounts the whole host',
      () => start('exporter', 'corp.test/sleep:1', '-v', '/:/rootfs'),
      undefined,
    ],
  ])('%s', async (_what, arrange, found) => {
    arrange();
    const { code, err } = await up('--only', 'images');
    if (found === undefined) expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining('foreign') });
    else expect({ code, err }).toEqual({ code: 6, err: expect.stringContaining(found) });
  });

  it('is not considered free if Docker does not list its containers', async () => {
    const silent = { DOCKER_HOST: `unix://${folder}/nobody.sock` };
    const given = { ...project.env, ...silent, PATH: `${project.env['PATH']}:${process.env['PATH']}` };
    const { code, err } = await cli(
      ['up', '--yes', '--policies', policies, '--only', 'images'],
      given,
      project.directory,
    );
    expect({ code, err }).toEqual({ code: 6, err: expect.stringMatching(/\[host-not-examined\] .*Cannot connect/) });
  });
});

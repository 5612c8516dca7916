import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PYTHON } from '../unit/ansible/python';

const ROOT = resolve(__dirname, '../..');
const PASSWORD = 'Root-0f-database';
const ADMIN = 'Adm1n-of-the-portal';

jest.setTimeout(600_000);

/** Stands in for the docker of an installation that runs: a login and the database's password are what they should be. */
const DOCKER_DOUBLE = `#!/bin/sh
case "$*" in
  "ps --all --quiet --no-trunc") echo core ;;
  "inspect --type container core") cat "$(dirname "$0")/containers.json" ;;
  "compose version") echo v2 ;;
  "exec -i harbor-core curl"*) cat >/dev/null; echo '{"harbor_version":"v2.14.2-0000"}' ;;
  "exec -i harbor-db sh"*) read -r given; test "$given" = '${PASSWORD}' || { echo 'psql: error: password authentication failed' >&2; exit 2; } ;;
esac
`;

const whyNot = (): string | undefined => {
  const absent = ['ansible-playbook', 'ss', 'python3'].filter((one) => spawnSync('which', [one]).status !== 0);
  if (absent.length > 0) return `${absent.join(' and ')} not found`;
  if (process.getuid?.() !== 0) return 'the files of a Harbor are readable by root alone';
  const fit = execFileSync('python3', [join(ROOT, 'ansible/roles/harbor_host/files/host_check.py'), '--needs={}'], {
    encoding: 'utf8',
  });
  return /"(distribution|selinux)"/.test(fit) ? `this machine is not a host for Harbor: ${fit}` : undefined;
};

function describeWithAnsible(name: string, tests: () => void): void {
  const reason = whyNot();
  if (reason === undefined) return describe(name, tests);
  process.stderr.write(`skipped: ${name}: ${reason}\n`);
  describe.skip(name, tests);
}

describeWithAnsible('adopt.yml on the tree of a docker-compose installation', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-adopt-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };

  /** As the installer of 2.14 leaves it; the data volume is where the test says. */
  function installation(more = ''): void {
    const images = ['harbor-core', 'harbor-db', 'registry-photon', 'redis-photon'];
    write(
      'compose/docker-compose.yml',
      `services:\n${images.map((one) => `  ${one}:\n    image: goharbor/${one}:v2.14.2\n`).join('')}`,
    );
    write(
      'compose/harbor.yml',
      `hostname: registry.harbor.test
http: { port: 80 }
https: { port: 443, certificate: /c, private_key: /k }
harbor_admin_password: Harbor12345
database: { password: ${PASSWORD}, max_idle_conns: 100, max_open_conns: 900 }
data_volume: ${folder}/data
jobservice: { max_job_workers: 10, job_loggers: [STD_OUTPUT, FILE], logger_sweeper_duration: 1 }
log: { level: info, local: { rotate_count: 50, rotate_size: 200M, location: /var/log/harbor } }
_version: 2.14.0
${more}`,
    );
    for (const [part, owner] of Object.entries({ database: 999, redis: 999, registry: 10_000, job_logs: 10_000 })) {
      write(`data/${part}/kept`, part);
      execFileSync('chown', ['-R', `${owner}:${owner}`, join(folder, 'data', part)]);
    }
    write('data/database/pg15/PG_VERSION', '15\n');
    write('data/secret/keys/secretkey', '0123456789abcdef');
    write('bin/docker', DOCKER_DOUBLE);
    chmodSync(join(folder, 'bin/docker'), 0o755);
    const labels = {
      'com.docker.compose.project': 'harbor',
      'com.docker.compose.project.working_dir': join(folder, 'compose'),
    };
    const core = {
      ...{ Id: 'core', Name: '/harbor-core', State: { Running: true, Status: 'running' }, HostConfig: {} },
      Config: { Image: 'goharbor/harbor-core:v2.14.2', Labels: { ...labels, 'com.docker.compose.service': 'core' } },
      Mounts: [{ Type: 'bind', Source: join(folder, 'data'), RW: true }],
    };
    write('bin/containers.json', JSON.stringify([core]));
  }

  const everything = (): string =>
    execFileSync('sh', ['-c', 'find . -printf "%p %u %m %T@\\n" | sort; find . -type f -exec sha256sum {} +'], {
      cwd: folder,
      encoding: 'utf8',
    });

  async function rehearse(env: Readonly<Record<string, string>> = {}): Promise<{ failed: boolean; said: string }> {
    const given = {
      harbor: { version: 'v2.15.2', hostname: 'registry.harbor.test', data_volume: join(folder, 'data') },
      host: { local: true, free: { data: '0', docker: '0' } },
      ...{
        ansible_become: false,
        harbor_host_architecture: '',
        harbor_host_resolve_names: false,
        harbor_host_ports: [],
      },
      ...{ harbor_host_config: join(folder, 'etc'), harbor_host_docker_command: join(folder, 'bin/docker') },
      ...{ harbor_adopt_source: join(folder, 'compose'), harbor_adopt_backup_directory: join(folder, 'backups') },
      ...{ harbor_adopt_policies: join(folder, 'policies'), breakwater_environment: 'prod' },
    };
    const file = `${folder}.json`;
    writeFileSync(file, JSON.stringify(given));
    try {
      const { stdout } = await promisify(execFile)(
        'ansible-playbook',
        ['ansible/playbooks/adopt.yml', '--check', '-e', `@${file}`],
        {
          cwd: ROOT,
          env: {
            ...process.env,
            ...{
              ANSIBLE_CONFIG: 'ansible/ansible.cfg',
              ANSIBLE_NOCOLOR: '1',
              PYTHONDONTWRITEBYTECODE: '1',
              PATH: `${dirname(PYTHON)}:${process.env['PATH']}`,
              LC_ALL: 'C.UTF-8',
            },
            ...{ HARBOR_ADMIN_PASSWORD: ADMIN, HARBOR_DATABASE_PASSWORD: '', ...env },
          },
        },
      );
      return { failed: false, said: stdout };
    } catch (error) {
      return { failed: true, said: (error as { stdout: string }).stdout };
    } finally {
      rmSync(file);
    }
  }

  it('a rehearsal prints every step, shows no password, and changes nothing', async () => {
    installation();
    const before = everything();
    const { failed, said } = await rehearse();
    expect({ failed, said }).toEqual({ failed: false, said: expect.stringContaining('changed=0') });
    for (const words of [
      `Harbor v2.14.2 of ${folder}/compose`,
      'becomes v2.15.2',
      'The outage begins',
      'Copy database and redis',
      'the new release migrates the database',
      'adopt-back.yml',
    ])
      expect(said).toContain(words);
    expect(said).not.toMatch(new RegExp(`${PASSWORD}|${ADMIN}|0123456789abcdef`));
    expect(everything()).toBe(before);
  });

  it('data behind a link, an external Redis and a changed setting are refused at once', async () => {
    installation('external_redis: { host: "redis:6379" }\ncache: { enabled: true }\n');
    renameSync(join(folder, 'data/registry'), join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'data/registry'));
    const before = everything();
    const { failed, said } = await rehearse();
    expect(failed).toBe(true);
    expect(said).toMatch(/\[data-elsewhere\] \S+registry is a symbolic link to \S+elsewhere/);
    expect(said).toContain('[external-redis]');
    expect(said).toContain('cache.enabled (True there, False here)');
    expect(said).toContain('Nothing was changed');
    expect(everything()).toBe(before);
  });
});

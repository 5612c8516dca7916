import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROLE = resolve(__dirname, '../../../ansible/roles/docker_host');
const DISTRIBUTION = ['docker.io', 'ca-certificates', 'iproute2'];

interface Host {
  readonly docker_host_distribution: string;
  readonly docker_host_release: number;
  /** What dpkg-query prints of docker-ce and containerd.io. */
  readonly installed?: string;
  readonly docker_host_packages?: readonly string[];
}

/** What the role would install there, by its own defaults and vars. */
function wantedOn({ installed = '', ...host }: Host): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-docker-host-'));
  try {
    const play = {
      hosts: 'localhost',
      connection: 'local',
      gather_facts: false,
      vars_files: [join(ROLE, 'vars/main.yml'), join(ROLE, 'defaults/main.yml')],
      tasks: [
        {
          'ansible.builtin.copy': { dest: join(folder, 'wanted.json'), content: '{{ docker_host_wanted | to_json }}' },
        },
      ],
    };
    writeFileSync(join(folder, 'play.yml'), JSON.stringify([play]));
    const given = JSON.stringify({ ...host, docker_host_others: { stdout: installed } });
    const { status, stdout } = spawnSync(
      'ansible-playbook',
      ['-i', 'localhost,', join(folder, 'play.yml'), '-e', given],
      {
        encoding: 'utf8',
        env: { ...process.env, ANSIBLE_LOCALHOST_WARNING: 'false', ANSIBLE_NOCOLOR: '1' },
      },
    );
    if (status !== 0) throw new Error(stdout);
    return JSON.parse(execFileSync('cat', [join(folder, 'wanted.json')], { encoding: 'utf8' })) as string[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it.each<[string, Host, string[]]>([
  ['Debian 12', { docker_host_distribution: 'Debian', docker_host_release: 12 }, DISTRIBUTION],
  [
    'Debian 13, whose docker.io has no client',
    { docker_host_distribution: 'Debian', docker_host_release: 13 },
    [...DISTRIBUTION, 'docker-cli'],
  ],
  ['Ubuntu 24.04', { docker_host_distribution: 'Ubuntu', docker_host_release: 24 }, DISTRIBUTION],
  [
    'a host with docker-ce',
    {
      docker_host_distribution: 'Debian',
      docker_host_release: 13,
      installed: 'docker-ce installed\ncontainerd.io installed\n',
    },
    ['ca-certificates', 'iproute2'],
  ],
  [
    'a host where docker-ce was removed and its settings were kept',
    { docker_host_distribution: 'Debian', docker_host_release: 12, installed: 'docker-ce config-files\n' },
    DISTRIBUTION,
  ],
  [
    'a host whose owner installs Docker',
    { docker_host_distribution: 'Debian', docker_host_release: 13, docker_host_packages: ['iproute2'] },
    ['iproute2'],
  ],
])('what is installed on %s', (_what, host, expected) => {
  expect(wantedOn(host)).toEqual(expected);
});

import { spawnSync } from 'node:child_process';
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

/** What the role would install on each, by its own defaults and vars: one run, with a task for each host. */
function wantedOn(hosts: readonly Host[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-docker-host-'));
  try {
    const play = {
      hosts: 'localhost',
      connection: 'local',
      gather_facts: false,
      vars_files: [join(ROLE, 'vars/main.yml'), join(ROLE, 'defaults/main.yml')],
      tasks: hosts.map(({ installed = '', ...host }) => ({
        'ansible.builtin.debug': { msg: '{{ docker_host_wanted }}' },
        vars: { ...host, docker_host_others: { stdout: installed } },
      })),
    };
    writeFileSync(join(folder, 'play.yml'), JSON.stringify([play]));
    const { status, stdout } = spawnSync('ansible-playbook', ['-i', 'localhost,', join(folder, 'play.yml')], {
      encoding: 'utf8',
      env: { ...process.env, ANSIBLE_LOCALHOST_WARNING: 'false', ANSIBLE_NOCOLOR: '1' },
    });
    if (status !== 0) throw new Error(stdout);
    const said = [...stdout.matchAll(/^ok: \[localhost\] => (\{$[\s\S]*?^\})$/gm)];
    return said.map(([, text]) => (JSON.parse(text!) as { msg: string[] }).msg);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const CASES: readonly [string, Host, string[]][] = [
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
];

let wanted: string[][];
beforeAll(() => {
  wanted = wantedOn(CASES.map(([, host]) => host));
}, 120_000);

it.each(CASES.map(([what, , expected], index) => [what, index, expected] as const))(
  'what is installed on %s',
  (_what, index, expected) => {
    expect(wanted[index]).toEqual(expected);
  },
);

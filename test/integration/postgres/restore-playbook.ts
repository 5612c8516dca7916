import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { STORED, type DatabaseHost } from './harbor-database';

const ROOT = resolve(__dirname, '../../..');
const DIGEST = 'a'.repeat(64);
/** Roles that would install Docker on this machine, and run prepare; what they leave for the rest is below. */
const LEFT_OUT = ['docker_host/tasks/main', 'harbor_host/tasks/main', 'harbor_host/tasks/preflight'];
/** What the guide moves away before a restore. */
const MOVED = ['database', 'registry', 'secret'];

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** The playbook restore.yml, with this machine as the host. What it writes to /etc is kept in the folder of the host. */
export class RestorePlaybook {
  readonly #variables: string;
  readonly #data: string;

  constructor(
    private readonly host: DatabaseHost,
    backup: string,
  ) {
    const { folder, docker } = host;
    this.#data = join(folder, 'data');
    const prepared = join(folder, 'prepared');
    write(join(prepared, 'postgresql', DIGEST, 'password'), 'secret');
    for (const file of LEFT_OUT) write(join(folder, 'roles', `${file}.yml`), '[]\n');
    for (const name of ['etc', 'etc-work']) mkdirSync(join(folder, name));
    this.#variables = JSON.stringify({
      host: { local: true },
      harbor: { version: 'v2.15.0', hostname: 'vm', data_volume: this.#data, prepared_directory: prepared },
      harbor_host_docker_command: docker,
      harbor_host_prepared: { services: { postgresql: DIGEST } },
      harbor_restore_source: backup,
      ansible_become: false,
    });
  }

  moveDataAway(): void {
    mkdirSync(join(this.#data, 'before'));
    for (const name of MOVED) renameSync(join(this.#data, name), join(this.#data, 'before', name));
  }

  start(): { readonly ended: Promise<Ended>; readonly kill: () => Promise<void> } {
    const { folder } = this.host;
    const own = `mount -t overlay none -o lowerdir=/etc,upperdir=${folder}/etc,workdir=${folder}/etc-work /etc`;
    const playbook = `ansible-playbook ansible/playbooks/restore.yml -e "$1"`;
    const argv = [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      `${own} && exec ${playbook}`,
      'sh',
      this.#variables,
    ];
    const env = {
      ...process.env,
      ANSIBLE_CONFIG: 'ansible/ansible.cfg',
      ANSIBLE_ROLES_PATH: `${folder}/roles:ansible/roles`,
      ANSIBLE_NOCOLOR: '1',
    };
    const child = spawn('unshare', argv, { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    const ended = new Promise<Ended>((done) => child.once('exit', (code) => done({ code, output })));
    const kill = async (): Promise<void> => {
      process.kill(-child.pid!, 'SIGKILL');
      await ended;
    };
    return { ended, kill };
  }

  run(): Promise<Ended> {
    return this.start().ended;
  }

  /** What the playbook wrote down about its restores. */
  recorded(): string[] {
    return readdirSync(join(this.host.folder, 'etc/harbor')).sort();
  }

  /** What is on the data volume of what was stored before. */
  stored(): Record<string, string> {
    const files = Object.keys(STORED).filter((name) => existsSync(join(this.#data, name)));
    return Object.fromEntries(files.map((name) => [name, readFileSync(join(this.#data, name), 'utf8')]));
  }
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

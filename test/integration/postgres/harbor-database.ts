import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { eventually } from '../traefik/behind';

const RUNNER = join(__dirname, 'database-container.sh');
const BACKUP = resolve(__dirname, '../../../ansible/roles/harbor_backup/files');
/** A clone of Harbor's repository with its tags. */
const HARBOR = process.env['BREAKWATER_HARBOR_CLONE'];
/** Directories with initdb, pg_upgrade and the others. */
const PROGRAMS = {
  15: process.env['BREAKWATER_POSTGRESQL_15'] ?? '/usr/lib/postgresql/15/bin',
  18: process.env['BREAKWATER_POSTGRESQL_18'] ?? '/usr/lib/postgresql/18/bin',
} as const;
const IMAGES = {
  'v2.15.0': { old: 14, programs: PROGRAMS[15], oldPrograms: '-', major: 15 },
  'v2.15.2': { old: 15, programs: PROGRAMS[18], oldPrograms: PROGRAMS[15], major: 18 },
} as const;
type Release = keyof typeof IMAGES;

/** `describe` where Harbor's scripts and both majors of PostgreSQL are there; what is missing is said and fails nothing. */
export function describeWithDatabases(name: string, tests: () => void): void {
  const missing = whatIsMissing();
  if (missing === undefined) return describe(name, tests);
  process.stderr.write(`skipped: ${name}: ${missing}\n`);
  describe.skip(name, tests);
}

function whatIsMissing(): string | undefined {
  if (HARBOR === undefined) return 'BREAKWATER_HARBOR_CLONE names no clone of Harbor’s repository';
  for (const release of Object.keys(IMAGES))
    if (spawnSync('git', ['-C', HARBOR, 'rev-parse', '--verify', `${release}^{commit}`]).status !== 0)
      return `${HARBOR} has no tag ${release}`;
  for (const [major, folder] of Object.entries(PROGRAMS))
    if (!existsSync(join(folder, 'pg_upgrade')))
      return `${folder} has no pg_upgrade: install PostgreSQL ${major} and name its bin as BREAKWATER_POSTGRESQL_${major}`;
  if (process.getuid?.() !== 0) return 'namespaces need root';
  return spawnSync('localedef', ['--version']).status === 0 ? undefined : 'localedef not found';
}

/** Below the data volume. */
export const STORED = { 'secret/keys/secretkey': '0123456789abcdef', 'registry/docker/blob': 'a blob' };
const ROWS = 60_000;
/** Enough for the copy to be caught in the middle. */
const TABLES = 400;
export const WAIT_TRIES = 3000;

/** A host with a data volume and the container harbor-postgresql, of which every start is a process of its own. */
export class DatabaseHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'breakwater-database-'));
  readonly directory = join(this.folder, 'data/database');
  readonly #path = join(this.folder, 'bin');
  readonly #log = join(this.folder, 'log');
  #child: ChildProcess | undefined;

  constructor() {
    for (const path of [this.directory, this.#path]) mkdirSync(path, { recursive: true });
    chmodSync(this.folder, 0o755);
    chownSync(this.directory, 999, 999);
    execFileSync('localedef', ['--no-archive', '-i', 'en_US', '-f', 'UTF-8', join(this.folder, 'en_US.utf8')]);
    for (const release of Object.keys(IMAGES)) {
      mkdirSync(join(this.folder, release));
      const tar = execFileSync('git', ['-C', HARBOR!, 'archive', release, '--', 'make/photon/db']);
      execFileSync('tar', ['-x', '-C', join(this.folder, release)], { input: tar });
    }
    writeFileSync(this.#log, '');
    writeFileSync(this.docker, dockerScript(this.folder, this.directory), { mode: 0o755 });
    for (const [name, content] of Object.entries(STORED)) {
      mkdirSync(dirname(join(this.folder, 'data', name)), { recursive: true });
      writeFileSync(join(this.folder, 'data', name), content);
    }
  }

  get docker(): string {
    return join(this.#path, 'docker');
  }

  /** What docker was asked to do, a line for each call. */
  calls(): string {
    const file = join(this.folder, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** A new container of a release on the data, with a log of its own. */
  create(release: Release): void {
    rmSync(this.#log);
    this.start(release);
  }

  /** The container that is there, as `docker start` or a restart policy. */
  start(release: Release): void {
    const log = openSync(this.#log, 'a');
    this.#child = spawn(RUNNER, runnerArguments(this.folder, this.directory, release), { stdio: ['ignore', log, log] });
    closeSync(log);
    const pid = join(this.folder, 'harbor-postgresql.pid');
    this.#child.on('exit', () => rmSync(pid, { force: true }));
    writeFileSync(pid, String(this.#child.pid));
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** `docker kill`, or the power. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !this.isRunning) return;
    const ended = new Promise((done) => child.once('exit', done));
    process.kill(this.#init(), signal);
    await ended;
  }

  /** PID 1 of the container, as this machine sees it. */
  #init(): number {
    const pid = this.#child?.pid ?? 0;
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
  }

  /** `docker stop`, with the signal of the image. */
  async stop(): Promise<void> {
    await this.#end('SIGINT');
  }

  /** A command of a guide or a script of the product, with this host's docker. */
  sh(script: string, input?: Buffer): string {
    const env = { ...process.env, PATH: `${this.#path}:${process.env['PATH'] ?? ''}` };
    return execFileSync('sh', ['-c', script], { env, input, encoding: 'utf8', maxBuffer: 1 << 28, stdio: 'pipe' });
  }

  /** A backup of database, secrets and blobs as harbor-backup takes and verifies it, but without Harbor's API. */
  backUp(): string {
    const [directory, data] = [join(this.folder, 'backups'), join(this.folder, 'data')];
    const partial = join(directory, '20261128T030000Z.partial');
    mkdirSync(partial, { recursive: true });
    const docker = { docker: this.docker, databaseContainer: 'harbor-postgresql' };
    const config = { ...docker, hostname: 'vm', database: true, directories: { secret: data, registry: data } };
    const code = [
      'import json, sys',
      `sys.path.insert(0, ${JSON.stringify(BACKUP)})`,
      'import harbor_backup as b',
      'c, directory, partial = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3]',
      'b.write_parts(c, partial)',
      "b.publish(directory, partial, b.manifest_of(c, partial, 'v2.15.0', '2026-11-28T03:00:00Z'))",
    ].join('\n');
    execFileSync('python3', ['-B', '-c', code, JSON.stringify(config), directory, partial], { stdio: 'pipe' });
    return join(directory, 'latest');
  }

  answers(): boolean {
    try {
      // Over TCP: while the entrypoint initialises or upgrades, PostgreSQL listens on its socket only.
      this.sh('docker exec harbor-postgresql pg_isready --host=127.0.0.1 --username=postgres');
      return true;
    } catch {
      return false;
    }
  }

  /** Until it answers or has ended. */
  settled(): Promise<boolean> {
    return eventually(() => !this.isRunning || this.answers(), Boolean, WAIT_TRIES);
  }

  async ready(): Promise<void> {
    if (!(await this.settled()) || !this.isRunning) throw new Error(`PostgreSQL does not answer: ${this.log()}`);
  }

  /** As of a Harbor in the read-only window of a backup. */
  fill(): void {
    const tables = `do $x$ begin for i in 1..${TABLES} loop execute format('create table t%s (v text)', i); end loop; end $x$`;
    for (const statement of [
      'create table project_x (id int primary key, name text)',
      `insert into project_x select i, md5(i::text) from generate_series(1, ${ROWS}) i`,
      'create table properties (k text primary key, v text)',
      "insert into properties values ('read_only', 'true')",
    ])
      this.sql('registry', statement);
    this.sh(`docker exec -i harbor-postgresql psql -U postgres -d registry -q`, Buffer.from(tables));
  }

  content(): string {
    return this.sql('registry', 'select count(*), md5(string_agg(name, null order by id)) from project_x');
  }

  sql(database: string, statement: string): string {
    return this.sh(`docker exec harbor-postgresql psql -U postgres -d ${database} -At -c "${statement}"`).trim();
  }

  log(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : '';
  }

  /** Names below the data directory. */
  clusters(): string[] {
    return readdirSync(this.directory).sort();
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function runnerArguments(folder: string, data: string, release: Release): string[] {
  const { old, programs, oldPrograms, major } = IMAGES[release];
  const scripts = join(folder, release, 'make/photon/db');
  return [scripts, data, folder, programs, oldPrograms, String(old), String(major)];
}

/**
 * `exec`, `inspect` and `logs` of harbor-postgresql, which is healthy where it answers; and what the playbooks do with a
 * container of their own of v2.15.0.
 */
function dockerScript(folder: string, data: string): string {
  const runner = [RUNNER, ...runnerArguments(folder, data, 'v2.15.0')].map((word) => `'${word}'`).join(' ');
  return `#!/bin/bash
echo "$*" >>${folder}/calls
# Sets init, PID 1 of a container as this machine sees it; fails where it does not run.
find_init() {
  pid=$(cat ${folder}/$1.pid 2>/dev/null) && init=$(cat /proc/$pid/task/$pid/children 2>/dev/null) && init=\${init%% *} && [ -n "$init" ]
}
inside() { nsenter --target "$init" --mount --pid --net --root --wdns=/ setpriv --reuid=999 --regid=999 --clear-groups env PGHOST=/run/postgresql "$@"; }
end() { kill -$1 "$init" 2>/dev/null; while [ -e /proc/$init ]; do sleep 0.1; done; }
case $1 in
  exec) shift; [ "$1" != -i ] || shift; find_init "$1" || exit 1; shift; inside "$@" ;;
  inspect)
    if ! find_init harbor-postgresql; then echo 'false false none 0'
    elif [ "$(inside psql -U postgres -At -c 'select 1' 2>/dev/null)" = 1 ]; then echo 'true false healthy 0'
    else echo 'true false starting 0'; fi ;;
  logs) cat ${folder}/log ;;
  ps) ;;
  run)
    case \${!#} in goharbor/harbor-db:v2.15.0@*) ;; *) exit 64 ;; esac
    for word; do case $word in
      --name=*) name=\${word#*=} ;;
      --volume=*:/run/breakwater/password:ro) password=\${word#*=}; export PASSWORD_FILE=\${password%%:*} ;;
      --volume=*:/var/lib/postgresql/data) [ "$word" = "--volume=${data}:/var/lib/postgresql/data" ] || exit 64 ;;
    esac; done
    setsid ${runner} >>${folder}/$name.log 2>&1 </dev/null &
    echo $! >${folder}/$name.pid; echo "$name" ;;
  stop) find_init "\${!#}" || exit 1; end INT ;;
  rm) find_init "\${!#}" || { echo 'Error: No such container' >&2; exit 1; }; end KILL ;;
  *) exit 64 ;;
esac
`;
}

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
import { join, resolve } from 'node:path';

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
    this.emptyData();
    execFileSync('localedef', ['--no-archive', '-i', 'en_US', '-f', 'UTF-8', join(this.folder, 'en_US.utf8')]);
    for (const release of Object.keys(IMAGES)) {
      mkdirSync(join(this.folder, release));
      const tar = execFileSync('git', ['-C', HARBOR!, 'archive', release, '--', 'make/photon/db']);
      execFileSync('tar', ['-x', '-C', join(this.folder, release)], { input: tar });
    }
    writeFileSync(this.#log, '');
    writeFileSync(join(this.#path, 'docker'), dockerScript(this.folder), { mode: 0o755 });
  }

  /** As `mv database away` and a new directory. */
  emptyData(): void {
    rmSync(this.directory, { recursive: true, force: true });
    mkdirSync(this.directory);
    chownSync(this.directory, 999, 999);
  }

  /** A new container of a release on the data, with a log of its own. */
  create(release: Release): void {
    rmSync(this.#log);
    this.start(release);
  }

  /** The container that is there, as `docker start` or a restart policy. */
  start(release: Release): void {
    const { old, programs, oldPrograms, major } = IMAGES[release];
    const scripts = join(this.folder, release, 'make/photon/db');
    const args = [scripts, this.directory, this.folder, programs, oldPrograms, String(old), String(major)];
    const log = openSync(this.#log, 'a');
    this.#child = spawn(RUNNER, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child.on('exit', () => rmSync(join(this.folder, 'pid'), { force: true }));
    writeFileSync(join(this.folder, 'pid'), String(this.#child.pid));
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

  /** Backs the database up as harbor-backup does, and verifies the dump as it does. */
  backUp(path: string): void {
    const config = JSON.stringify({ docker: join(this.#path, 'docker'), databaseContainer: 'harbor-postgresql' });
    const code = [
      'import json, sys',
      `sys.path.insert(0, ${JSON.stringify(BACKUP)})`,
      'import harbor_backup as b',
      `c = json.loads(${JSON.stringify(config)})`,
      `b.dump_database(c, ${JSON.stringify(path)}); b.verify_database(c, ${JSON.stringify(path)})`,
    ].join('\n');
    execFileSync('python3', ['-B', '-c', code], { stdio: 'pipe' });
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

/** `exec`, `inspect` and `logs` of the one container; it is healthy where it answers. */
function dockerScript(folder: string): string {
  return `#!/bin/bash
pid=$(cat ${folder}/pid 2>/dev/null) && read -r init _ </proc/$pid/task/$pid/children
inside() { nsenter --target "$init" --mount --pid --net --root --wdns=/ setpriv --reuid=999 --regid=999 --clear-groups env PGHOST=/run/postgresql "$@"; }
case $1 in
  exec) shift; [ "$1" != -i ] || shift; shift; [ -n "$init" ] || exit 1; inside "$@" ;;
  inspect)
    if [ -z "$init" ]; then echo 'false false none 0'
    elif [ "$(inside psql -U postgres -At -c 'select 1' 2>/dev/null)" = 1 ]; then echo 'true false healthy 0'
    else echo 'true false starting 0'; fi ;;
  logs) cat ${folder}/log ;;
  *) exit 64 ;;
esac
`;
}

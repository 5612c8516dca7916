import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { databaseScript, judgeDatabase, parseDatabase } from '../../../src/app/up/steps';
import type { Refusal } from '../../../src/diagnostic';
import { eventually } from '../traefik/behind';
import { DatabaseHost, describeWithDatabases } from './harbor-database';

const ROOT = resolve(__dirname, '../../..');
const ROWS = 60_000;
/** Enough for the copy to be caught in the middle. */
const TABLES = 400;
const WAIT_TRIES = 3000;

/** The command of restore.yml that loads a dump, for this host. */
function loadCommand(dump: string): string {
  const file = join(ROOT, 'ansible/roles/harbor_restore/tasks/database.yml');
  const [{ block }] = parse(readFileSync(file, 'utf8')) as [{ block: Record<string, { cmd: string }>[] }];
  const shell = block.map((task) => task['ansible.builtin.shell']).find((task) => task !== undefined);
  return shell!.cmd
    .replace('{{ harbor_restore_docker_command | quote }}', 'docker')
    .replace('{{ harbor_restore_container }}', 'harbor-postgresql')
    .replace(/\{\{ \(harbor_restore_source .*?\}\}/, dump);
}

describeWithDatabases('the upgrade of Harbor’s database by its own image, with real PostgreSQL', () => {
  let host: DatabaseHost;
  beforeEach(async () => {
    host = new DatabaseHost();
    host.create('v2.15.0');
    await ready();
    fill();
    host.backUp(join(host.folder, 'database.dump'));
  }, 300_000);
  afterEach(() => host.close());

  function answers(): boolean {
    try {
      // Over TCP: while the entrypoint initialises or upgrades, PostgreSQL listens on its socket only.
      host.sh('docker exec harbor-postgresql pg_isready --host=127.0.0.1 --username=postgres');
      return true;
    } catch {
      return false;
    }
  }

  /** Until it answers or has ended. */
  const settled = (): Promise<boolean> => eventually(() => !host.isRunning || answers(), Boolean, WAIT_TRIES);

  async function ready(): Promise<void> {
    if (!(await settled()) || !host.isRunning) throw new Error(`PostgreSQL does not answer: ${host.log()}`);
  }

  function fill(): void {
    const tables = `do $x$ begin for i in 1..${TABLES} loop execute format('create table t%s (v text)', i); end loop; end $x$`;
    const rows = `insert into project_x select i, md5(i::text) from generate_series(1, ${ROWS}) i`;
    const schema = 'create table project_x (id int primary key, name text)';
    for (const statement of [schema, rows]) host.sql('registry', statement);
    host.sh(`docker exec -i harbor-postgresql psql -U postgres -d registry -q`, Buffer.from(tables));
  }

  const content = (): string =>
    host.sql('registry', 'select count(*), md5(string_agg(name, null order by id)) from project_x');

  /** What `up` says about the data before it deploys a release. */
  function judged(version: 'v2.15.0' | 'v2.15.2'): Refusal[] {
    const found = parseDatabase(host.sh(databaseScript(`'${host.directory}'`)));
    const postgresql = version === 'v2.15.2' ? { major: 18, migratesFrom: 15 } : { major: 15, migratesFrom: 14 };
    return judgeDatabase(found!, { version, postgresql, address: 'vm', directory: host.directory });
  }

  /** The commands of a hint that move a directory, as a user copies them. */
  function obey({ hint }: Refusal): void {
    const moves = [...hint!.matchAll(/sudo (mv \S+ [^\s,]+)/g)].map(([, command]) => command!);
    expect(moves).toHaveLength(1);
    host.sh(moves[0]!);
  }

  async function upgradeUntil(reached: () => boolean): Promise<void> {
    host.create('v2.15.2');
    if (!(await eventually(() => reached() || !host.isRunning, Boolean, WAIT_TRIES * 4)) || !host.isRunning)
      throw new Error(`not reached: ${host.log()}`);
    await host.kill();
  }

  it('keeps the data, reports its progress, and needs no more space than up asks for', async () => {
    const before = content();
    await host.stop();
    expect(judged('v2.15.2')).toEqual([]);
    const old = Number(host.sh(`du -sk '${host.directory}/pg15'`).split('\t')[0]) * 1024;
    host.create('v2.15.2');
    let most = 0;
    const measure = (): boolean => {
      most = Math.max(most, Number(host.sh(`du -sk '${host.directory}' 2>/dev/null || true`).split('\t')[0]) * 1024);
      return !host.isRunning || host.log().includes('success to upgrade.');
    };
    await eventually(measure, Boolean, WAIT_TRIES);
    await ready();
    expect(content()).toBe(before);
    expect(host.sql('registry', 'show server_version_num')).toMatch(/^18/);
    expect(host.clusters()).toEqual(['pg18']);
    expect(judged('v2.15.2')).toEqual([]);
    expect(host.log()).toMatch(/^Copying user relation files/m);
    expect(most - old).toBeLessThan(old * 1.05 + 256 * 1024 * 1024);
  }, 600_000);

  it.each<[string, (of: DatabaseHost) => boolean, RegExp]>([
    ['as initdb begins', (of) => existsSync(join(of.directory, 'pg18/base')), /pg18 is incomplete/],
    ['before it copies', (of) => /^start to upgrade/m.test(of.log()), /pg18 is incomplete/],
    ['while it copies', (of) => /Copying user relation files/.test(of.log()), /pg18 is incomplete/],
  ])(
    'that is killed %s is found, and the commands of up lead to an upgraded database',
    async (_, reached, words) => {
      const before = content();
      await host.stop();
      await upgradeUntil(() => reached(host));
      const refusals = judged('v2.15.2');
      expect(refusals.map(({ rule }) => rule)).toEqual(['database-half-upgraded']);
      expect(refusals[0]!.message).toMatch(words);
      obey(refusals[0]!);
      expect(judged('v2.15.2')).toEqual([]);
      host.create('v2.15.2');
      await ready();
      expect(content()).toBe(before);
      expect(host.clusters()).toEqual(['pg18', 'pg18.incomplete']);
    },
    600_000,
  );

  it('that is killed and started again by Docker on the incomplete copy is found, and loses nothing', async () => {
    const before = content();
    await host.stop();
    await upgradeUntil(() => /Copying user relation files/.test(host.log()));
    host.start('v2.15.2');
    await settled();
    const [refusal] = judged('v2.15.2');
    expect(refusal).toMatchObject({
      rule: 'database-half-upgraded',
      message: expect.stringMatching(/pg18 is incomplete/),
    });
    await host.stop();
    obey(refusal!);
    host.create('v2.15.2');
    await ready();
    expect(content()).toBe(before);
  }, 600_000);

  it('that is killed while it removes the old directory keeps the new one', async () => {
    const before = content();
    await host.stop();
    await upgradeUntil(() => host.log().includes('remove the'));
    // The removal may have been faster.
    if (existsSync(join(host.directory, 'pg15/PG_VERSION'))) {
      const [refusal] = judged('v2.15.2');
      expect(refusal?.message).toMatch(/pg18 is the database/);
      obey(refusal!);
    }
    expect(judged('v2.15.2')).toEqual([]);
    host.start('v2.15.2');
    await ready();
    expect(content()).toBe(before);
  }, 600_000);

  it('is taken back from the backup, also if the release before refuses its data', async () => {
    const before = content();
    await host.stop();
    host.create('v2.15.2');
    await ready();
    await host.stop();
    expect(judged('v2.15.0').map(({ rule }) => rule)).toEqual(['database-newer']);
    renameSync(host.directory, `${host.directory}.newer`);
    host.emptyData();
    host.create('v2.15.0');
    await ready();
    const dump = join(host.folder, 'database.dump');
    expect(statSync(dump).size).toBeGreaterThan(0);
    host.sh(loadCommand(dump));
    expect(content()).toBe(before);
    expect(host.sql('registry', 'show server_version_num')).toMatch(/^15/);
    expect(judged('v2.15.0')).toEqual([]);
  }, 600_000);
});

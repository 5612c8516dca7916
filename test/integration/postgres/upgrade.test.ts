import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { databaseScript, judgeDatabase, parseDatabase } from '../../../src/app/up/steps';
import type { Refusal } from '../../../src/diagnostic';
import { eventually } from '../traefik/behind';
import { DatabaseHost, describeWithDatabases, STORED, WAIT_TRIES } from './harbor-database';
import { RestorePlaybook } from './restore-playbook';

describeWithDatabases('the upgrade of Harbor’s database by its own image, with real PostgreSQL', () => {
  let host: DatabaseHost;
  beforeEach(async () => {
    host = new DatabaseHost();
    host.create('v2.15.0');
    await host.ready();
    host.fill();
  }, 300_000);
  afterEach(() => host.close());

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
    const before = host.content();
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
    await host.ready();
    expect(host.content()).toBe(before);
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
      const before = host.content();
      await host.stop();
      await upgradeUntil(() => reached(host));
      const refusals = judged('v2.15.2');
      expect(refusals.map(({ rule }) => rule)).toEqual(['database-half-upgraded']);
      expect(refusals[0]!.message).toMatch(words);
      obey(refusals[0]!);
      expect(judged('v2.15.2')).toEqual([]);
      host.create('v2.15.2');
      await host.ready();
      expect(host.content()).toBe(before);
      expect(host.clusters()).toEqual(['pg18', 'pg18.incomplete']);
    },
    600_000,
  );

  it('that is killed and started again by Docker on the incomplete copy is found, and loses nothing', async () => {
    const before = host.content();
    await host.stop();
    await upgradeUntil(() => /Copying user relation files/.test(host.log()));
    host.start('v2.15.2');
    await host.settled();
    const [refusal] = judged('v2.15.2');
    expect(refusal).toMatchObject({
      rule: 'database-half-upgraded',
      message: expect.stringMatching(/pg18 is incomplete/),
    });
    await host.stop();
    obey(refusal!);
    host.create('v2.15.2');
    await host.ready();
    expect(host.content()).toBe(before);
  }, 600_000);

  it('that is killed while it removes the old directory keeps the new one', async () => {
    const before = host.content();
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
    await host.ready();
    expect(host.content()).toBe(before);
  }, 600_000);

  it('is taken back from the backup by restore.yml, which continues after it was killed', async () => {
    const before = host.content();
    const backup = host.backUp();
    await host.stop();
    host.create('v2.15.2');
    await host.ready();
    await host.stop();
    expect(judged('v2.15.0').map(({ rule }) => rule)).toEqual(['database-newer']);
    const restore = new RestorePlaybook(host, backup);
    expect(await restore.run()).toMatchObject({ code: 2, output: expect.stringContaining('holds data already') });
    restore.moveDataAway();

    const killed = restore.start();
    expect(await eventually(() => host.calls().includes('pg_restore --username=postgres'), Boolean, WAIT_TRIES)).toBe(
      true,
    );
    await killed.kill();
    expect(restore.recorded()).toEqual(['restoring.json']);

    expect(await restore.run()).toMatchObject({ code: 0, output: expect.stringMatching(/changed=[1-9]/) });
    expect(restore.recorded()).toEqual(['restored.json']);
    expect(restore.stored()).toEqual(STORED);
    expect(await restore.run()).toMatchObject({ code: 0, output: expect.stringMatching(/changed=0 /) });
    expect(judged('v2.15.0')).toEqual([]);
    host.create('v2.15.0');
    await host.ready();
    expect(host.content()).toBe(before);
    expect(host.sql('registry', "select v from properties where k = 'read_only'")).toBe('false');
    expect(host.sql('registry', 'show server_version_num')).toMatch(/^15/);
  }, 600_000);
});

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseScript, judgeDatabase, parseDatabase } from '../../../../src/app/up/steps';

const GIB = 1024 * 1024;
const told = (clusters: Readonly<Record<string, number>>, freeKib: number, state = 'false false none 0'): string =>
  [
    `state ${state}`,
    ...Object.entries(clusters).map(([name, kib]) => `${kib}\t/data/database/${name}`),
    'Filesystem     1024-blocks    Used Available Capacity Mounted on',
    `/dev/sda1       102400000 5000000 ${freeKib}      18% /data`,
  ].join('\n');

const DOCKER = `#!/bin/sh
case $1 in logs) echo 'start to upgrade.'; echo 'success to upgrade.' >&2 ;; *) echo true false healthy 0 ;; esac
`;

const V2_15_2 = {
  version: 'v2.15.2',
  postgresql: { major: 18, migratesFrom: 15 },
  address: 'vm',
  directory: '/data/database',
};
const V2_14_4 = { ...V2_15_2, version: 'v2.14.4', postgresql: { major: 15, migratesFrom: 14 } };

describe('the database that PostgreSQL of a release would start on', () => {
  it.each<[string, string, typeof V2_15_2, RegExp | undefined]>([
    ['nothing yet', told({}, 5 * GIB), V2_15_2, undefined],
    ['of its own version', told({ pg18: GIB }, 0), V2_15_2, undefined],
    ['of the version before, with room for a copy', told({ pg15: 4 * GIB }, 5 * GIB), V2_15_2, undefined],
    [
      'of the version before, without room',
      told({ pg15: 4 * GIB }, 4 * GIB),
      V2_15_2,
      /^database-space: PostgreSQL 15 -> 18 copies the database \(4\.0 GiB\): \/data\/database on vm has 4\.0 GiB free, and 4\.5 GiB are required/,
    ],
    [
      'both, and no container runs',
      told({ pg15: GIB, pg18: GIB }, 9 * GIB),
      V2_15_2,
      /^database-half-upgraded: .*pg18 is incomplete.*mv \/data\/database\/pg18 /,
    ],
    [
      'both, and PostgreSQL was started on the incomplete one by Docker',
      told({ pg15: GIB, pg18: GIB }, 9 * GIB, 'true false healthy 1'),
      V2_15_2,
      /^database-half-upgraded/,
    ],
    [
      'both, while it is being upgraded',
      told({ pg15: GIB, pg18: GIB }, 0, 'true false starting 0'),
      V2_15_2,
      undefined,
    ],
    [
      'both, and the log says that only the removal of the old one is left',
      `${told({ pg15: GIB, pg18: GIB }, 9 * GIB, 'true false healthy 1')}\nlog success to upgrade.`,
      V2_15_2,
      /^database-half-upgraded: .*pg18 is the database; on the host: sudo mv \/data\/database\/pg15 \/data\/database\/pg15\.old/,
    ],
    [
      'both, and the log says that the last upgrade came to no end',
      `${told({ pg15: GIB, pg18: GIB }, 9 * GIB, 'true false healthy 1')}\nlog start to upgrade.`,
      V2_15_2,
      /^database-half-upgraded: .*pg18 is incomplete/,
    ],
    [
      'of the version before, and a new one that initdb had only begun',
      `${told({ pg15: GIB }, 9 * GIB, 'true true none 3')}\nbegun /data/database/pg18`,
      V2_15_2,
      /^database-half-upgraded: .*mv \/data\/database\/pg18 /,
    ],
    [
      'of the version before, while initdb begins the new one',
      `${told({ pg15: GIB }, 9 * GIB, 'true false starting 0')}\nbegun /data/database/pg18`,
      V2_15_2,
      undefined,
    ],
    [
      'of its own version, and a rest of the one before',
      `${told({ pg18: GIB }, 9 * GIB)}\nbegun /data/database/pg15`,
      V2_15_2,
      undefined,
    ],
    [
      'of a version that its image does not know',
      told({ pg14: GIB }, 9 * GIB),
      V2_15_2,
      /^database-too-old: .* v2\.15\.2 upgrades 15 only, and would start with an empty one/,
    ],
    [
      'of a newer version',
      told({ pg18: GIB }, 9 * GIB),
      V2_14_4,
      /^database-newer: .* PostgreSQL 18, but v2\.14\.4 has 15/,
    ],
  ])('%s', (_what, text, demand, expected) => {
    const words = judgeDatabase(parseDatabase(text)!, demand).map(
      ({ rule, message, hint }) => `${rule}: ${message}; ${hint}`,
    );
    expect(words).toEqual(expected ? [expect.stringMatching(expected)] : []);
  });

  it('an answer without the free space is no answer', () => {
    expect(parseDatabase('state \n')).toBeUndefined();
    expect(parseDatabase('none\n')?.clusters.size).toBe(0);
  });

  it('is read by a shell, as it lies on a disk', () => {
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-database-'));
    try {
      const database = join(folder, "it's here", 'database');
      for (const name of ['pg15', 'pg18', 'pg14', 'pg19']) mkdirSync(join(database, name), { recursive: true });
      writeFileSync(join(database, 'pg19', 'base'), '');
      for (const name of ['pg15', 'pg18']) writeFileSync(join(database, name, 'PG_VERSION'), name.slice(2));
      mkdirSync(join(folder, 'bin'));
      writeFileSync(join(folder, 'bin', 'docker'), DOCKER);
      chmodSync(join(folder, 'bin', 'docker'), 0o755);
      const read = (path: string): string =>
        execFileSync('sh', ['-c', databaseScript(`'${path.replaceAll("'", `'\\''`)}'`)], {
          encoding: 'utf8',
          env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` },
        });
      const found = parseDatabase(read(database));
      expect([...found!.clusters.keys()].sort()).toEqual([15, 18]);
      expect(found).toMatchObject({ begun: new Set([19]), upgraded: true });
      expect(found).toMatchObject({ freeBytes: expect.any(Number), state: { health: 'healthy' } });
      expect(parseDatabase(read(join(folder, 'elsewhere')))?.clusters.size).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

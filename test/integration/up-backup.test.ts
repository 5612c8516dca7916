import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupProof } from '../../src/deploy/backup-schema';
import type { UpOptions } from '../../src/app/up/options';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import type { CliResult } from '../support/cli';
import { backupJson, projectDouble, type ProjectDouble } from './up-doubles';
import { startUpstream, up } from './up-run';
import type { FixtureUpstream } from '../../src/upstream';

jest.setTimeout(60_000);

let upstream: FixtureUpstream;
let sandbox: Sandbox;
beforeAll(async () => {
  upstream = await startUpstream();
  sandbox = await startSandbox({ timeScale: 0.01, harborVersion: 'v2.14.4' });
});
afterAll(async () => {
  await sandbox.close();
  await upstream.close();
});

const HOUR_MS = 3_600_000;
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString();
const veleroList = (hours: number): string =>
  JSON.stringify({
    items: [
      {
        metadata: { name: 'daily-1' },
        spec: { includedNamespaces: ['*'] },
        status: { phase: 'Completed', completionTimestamp: ago(hours) },
      },
    ],
  });

/** Stands in for kubectl and for a script of a team. */
function projectWith(programs: Readonly<Record<string, string>>): ProjectDouble {
  const project = projectDouble();
  for (const [name, text] of Object.entries(programs)) {
    project.write(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >> started.log\n${text}\n`);
    chmodSync(join(project.directory, 'bin', name), 0o755);
  }
  return project;
}

function upgrade(
  project: ProjectDouble,
  proofs: readonly BackupProof[] | undefined,
  options: Partial<UpOptions> = {},
  maxAge = '24h',
): Promise<CliResult> {
  const declared = proofs && { backup: { max_age: maxAge, proofs } };
  const kubernetes = { kubeconfig: 'kube.conf', context: 'prod' };
  return up(project, sandbox.url, {
    deployment: { cluster: true, edge: false, kubernetes, ...declared },
    options: { dryRun: true, backupMaxAge: undefined, ...options } as Partial<UpOptions>,
  });
}

const VELERO = { velero: { schedule: 'daily', includes: ['harbor', 'databases'] } };

describe('an upgrade of a cluster', () => {
  it('without a declared proof is refused, with what to declare', async () => {
    expect(await upgrade(projectWith({}), undefined)).toMatchObject({
      code: 6,
      err: expect.stringMatching(
        /\[backup\] nothing proves a backup of the cluster's database: stacks\/environments\/prod\.yaml declares no backup:/,
      ),
    });
  });

  it.each<[string, string, Partial<UpOptions>, string, number, RegExp]>([
    ['fresh', `cat <<'END'\n${veleroList(3)}\nEND`, {}, '24h', 0, /upgrade v2\.14\.4/],
    [
      'old',
      `cat <<'END'\n${veleroList(30)}\nEND`,
      {},
      '24h',
      6,
      /velero schedule daily: it is 30 hours old, allowed are 24/,
    ],
    ['old, and that is declared', `cat <<'END'\n${veleroList(30)}\nEND`, {}, '2d', 0, /upgrade v2\.14\.4/],
    [
      'old for the command line',
      `cat <<'END'\n${veleroList(3)}\nEND`,
      { backupMaxAge: 3_600 },
      '24h',
      6,
      /3 hours old, allowed are 1/,
    ],
    [
      'not to be read',
      'echo "error: You must be logged in to the server (Unauthorized)" >&2; exit 1',
      {},
      '24h',
      6,
      /You must be logged in/,
    ],
  ])('by Velero: %s', async (_what, kubectl, options, maxAge, code, words) => {
    const project = projectWith({ kubectl });
    const told = await upgrade(project, [VELERO], options, maxAge);
    expect({ code: told.code, err: told.err }).toEqual({ code, err: expect.stringMatching(words) });
    expect(project.started()).toContain(
      'kubectl --kubeconfig kube.conf --context prod --namespace velero get backups.velero.io --output json --selector velero.io/schedule-name=daily',
    );
  });

  it.each<[string, string, number, RegExp]>([
    ['ends with 0', 'echo fine', 0, /upgrade v2\.14\.4/],
    ['ends with 0 and names a time', `echo ${ago(2)}`, 0, /upgrade v2\.14\.4/],
    ['names a time too long ago', `echo ${ago(50)}`, 6, /command backup-proof prod: it is 50 hours old/],
    ['fails', 'echo "no snapshot since Monday" >&2; exit 3', 6, /command backup-proof prod: no snapshot since Monday/],
    ['fails without a word', 'exit 3', 6, /backup-proof ended with exit code 3/],
  ])('by a command that %s', async (_what, script, code, words) => {
    const told = await upgrade(projectWith({ 'backup-proof': script }), [{ command: ['backup-proof', 'prod'] }]);
    expect({ code: told.code, err: told.err }).toEqual({ code, err: expect.stringMatching(words) });
  });

  it('needs every proof, and names those that fail', async () => {
    const project = projectWith({ kubectl: `cat <<'END'\n${veleroList(3)}\nEND` });
    project.write('backups/prod/latest.json', backupJson({ verified: false }));
    project.write('registry.dump', 'not a dump');
    const { code, err } = await upgrade(project, [
      VELERO,
      { manifest: 'backups/prod/latest.json' },
      { pg_dump: 'registry.dump' },
      { command: ['no-such-program'] },
    ]);
    expect(code).toBe(6);
    expect(err.match(/no backup is proven by (manifest|pg_dump|command)/g)).toHaveLength(3);
    expect(err).toMatch(/pg_dump registry\.dump: .*(valid archive|too short|cannot be started)/);
    expect(err).toMatch(/no-such-program cannot be started/);
  });

  it('goes on without, for a reason', async () => {
    expect(await upgrade(projectWith({}), undefined, { withoutBackup: 'a lab' })).toMatchObject({ code: 0 });
  });
});

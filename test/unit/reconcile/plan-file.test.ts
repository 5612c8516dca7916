import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeclarationError, StalePlanError } from '../../../src/errors';
import type { Plan } from '../../../src/plan/plan';
import { planHash } from '../../../src/reconcile/apply';
import { loadPlan, savePlan } from '../../../src/reconcile/plan-file';
import { declare, plan } from '../../support/declare';

const declaration = declare(
  {
    shelf: [
      { name: 'a', url: 'new', login: { user: 'u', secret: { env: 'S' } } },
      { name: 'b', marks: { k: '1' } },
    ],
    box: [{ name: 'x', shelf: 'a' }],
    limit: [{ box: 'x', bytes: 5 }],
  },
  { prune: ['shelf'] },
);
const made = plan(declaration, { shelf: [{ name: 'a', url: 'old' }, { name: 'gone' }] }, { mode: 'sync' });
const fits = { tool: made.tool, declaration: made.declaration, target: made.target.url, mode: 'sync' as const };

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'breakwater-'));
  file = join(directory, 'plan.json');
});
afterEach(() => rm(directory, { recursive: true }));

/** A valid plan with one value so many lists deep. */
const nested = (depth: number): string => {
  const text = JSON.stringify({ format: 'breakwater-plan', sha256: '', plan: made });
  return text.replace('"observed":{', `"observed":{"deep":${'['.repeat(depth)}${']'.repeat(depth)},`);
};

const save = (saved: unknown, sha256?: string): Promise<void> =>
  writeFile(
    file,
    JSON.stringify({ format: 'breakwater-plan', sha256: sha256 ?? planHash(saved as Plan), plan: saved }),
  );

describe('a saved plan', () => {
  it('is read as it was made', async () => {
    await savePlan(file, made);
    expect(await loadPlan(file, fits)).toEqual(made);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is saved in a folder that does not exist yet', async () => {
    const inside = join(directory, 'out', 'plans', 'plan.json');
    await savePlan(inside, made);
    expect(await loadPlan(inside, fits)).toEqual(made);
  });

  it('replaces an older one, and is not written through a link', async () => {
    await savePlan(file, made);
    await savePlan(file, { ...made, mode: 'create-only' });
    expect((await loadPlan(file, fits)).mode).toBe('create-only');
    const link = join(directory, 'link.json');
    await symlink(file, link);
    await expect(savePlan(link, made)).rejects.toThrow('not a regular file');
  });

  it.each([
    [
      'another version',
      { tool: 'breakwater 9.9.9' },
      'it was made by breakwater 0.0.0-test, but this is breakwater 9.9.9',
    ],
    ['another declaration', { declaration: 'sha256:other' }, 'the declaration has changed since it was made'],
    [
      'another Harbor',
      { target: 'https://other' },
      'it was made for https://harbor.example.com, not for https://other',
    ],
  ])('is stale under %s', async (_case, over, message) => {
    await savePlan(file, made);
    const attempt = loadPlan(file, { ...fits, ...over });
    await expect(attempt).rejects.toThrow(StalePlanError);
    await expect(attempt).rejects.toThrow(message);
  });

  it('is stale when it was edited and the hash was left', async () => {
    await save({ ...made, refusals: [], mode: 'create-only' }, planHash(made));
    const attempt = loadPlan(file, fits);
    await expect(attempt).rejects.toThrow(StalePlanError);
    await expect(attempt).rejects.toThrow('was changed since');
  });

  it.each([
    ['create-only', ['create-only']],
    ['upsert-only', ['create-only', 'upsert-only']],
    ['sync', ['create-only', 'upsert-only', 'sync']],
  ] as const)('may be applied in mode %s when it was made in %s', async (mode, fitting) => {
    for (const madeIn of ['create-only', 'upsert-only', 'sync'] as const) {
      await savePlan(file, { ...made, mode: madeIn });
      const attempt = loadPlan(file, { ...fits, mode });
      if ((fitting as readonly string[]).includes(madeIn)) expect((await attempt).mode).toBe(madeIn);
      else await expect(attempt).rejects.toThrow(`pass --mode ${madeIn} to apply it`);
    }
  });

  it.each<[string, () => Promise<void>, string]>([
    ['is missing', async () => {}, 'cannot be read'],
    ['is cut', async () => savePlan(file, made).then(() => truncate(file, 100)), 'not JSON, or is incomplete'],
    ['is something else', async () => writeFile(file, '{"a":1}'), 'not written by'],
    ['is null', async () => writeFile(file, 'null'), 'not written by'],
    ['lacks a key', async () => save({ ...made, changes: undefined }), 'not a valid plan file: it lacks changes'],
    ['has a key too many', async () => save({ ...made, force: true }), 'plan file: it has the unknown key force'],
    ['is of a later schema', async () => save({ ...made, schemaVersion: 2 }), 'plan file: schemaVersion must be 1'],
    [
      'has a change of another sort',
      async () => save({ ...made, changes: [{ ...made.changes[0], action: 'destroy' }] }),
      'plan file: changes[0].action must be one of create, update, replace, delete',
    ],
    ['is nested too deeply', async () => writeFile(file, nested(100_000)), 'nested too deeply'],
    ['is a directory', async () => mkdir(file), 'not a regular file'],
    ['is a named pipe', async () => void execFileSync('mkfifo', [file]), 'not a regular file'],
  ])('cannot be applied when it %s', async (_case, damage, message) => {
    await damage();
    const attempt = loadPlan(file, fits);
    await expect(attempt).rejects.toThrow(DeclarationError);
    await expect(attempt).rejects.toThrow(message);
  });

  it('leaves nothing else behind', async () => {
    await savePlan(file, made);
    expect((await readFile(file, 'utf8')).endsWith('}\n')).toBe(true);
    expect(await import('node:fs/promises').then((fs) => fs.readdir(directory))).toEqual(['plan.json']);
  });
});

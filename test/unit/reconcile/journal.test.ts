import { appendFile, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal, type AttemptEntry, type JournalEntry, type RunEntry } from '../../../src/reconcile/journal';
import { addressesInDoubt, explainRun, readJournal } from '../../../src/reconcile/read-journal';
import { declare } from '../../support/declare';
import { applyTo, planFor } from '../../support/reconcile';
import { StoreDouble } from '../../support/store-double';

const at = '2026-11-21T03:00:00.000Z';
const run = (id: string): RunEntry => ({
  type: 'run',
  run: id,
  at,
  tool: 'breakwater 0.1.0',
  plan: 'sha256:0',
  declaration: 'sha256:1',
  target: 'https://harbor.example.com',
  mode: 'upsert-only',
  changes: 2,
});
const attempt = (n: number, address: string): AttemptEntry => ({
  type: 'attempt',
  n,
  at,
  address,
  action: 'create',
  method: 'POST',
  path: '/projects',
});
const result = (n: number): JournalEntry => ({ type: 'result', n, at, ok: true });
const end: JournalEntry = {
  type: 'end',
  at,
  aborted: false,
  outcomes: { ok: 1, failed: 0, stale: 0, skipped: 0, unknown: 0 },
};
const lines = (...entries: JournalEntry[]): string => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'breakwater-'));
  file = join(directory, 'journal.jsonl');
});
afterEach(() => rm(directory, { recursive: true }));

describe('openJournal', () => {
  it('has a line on disk when its promise resolves, in the order of the calls', async () => {
    const journal = await openJournal(file);
    const written = Array.from({ length: 50 }, (_, n) => journal.append(result(n)).then(() => readFile(file, 'utf8')));
    const seen = await Promise.all(written);
    for (const [n, text] of seen.entries()) expect(text).toContain(JSON.stringify(result(n)));
    expect(seen.at(-1)).toBe(lines(...Array.from({ length: 50 }, (_, n) => result(n))));
    await journal.close();
  });

  it('writes a line that may wait together with the next one, or after a moment, or at the end', async () => {
    const journal = await openJournal(file);
    const waits = journal.append(result(1), 'soon');
    expect(journal.append(attempt(2, 'x'))).toBe(waits);
    await waits;
    await journal.append(result(2), 'soon');
    expect(await readFile(file, 'utf8')).toBe(lines(result(1), attempt(2, 'x'), result(2)));
    const last = journal.append(result(3), 'soon');
    await journal.close();
    await last;
    expect(await readFile(file, 'utf8')).toContain(JSON.stringify(result(3)));
  });

  it('masks what comes from outside, and leaves its own words, whatever someone chose as a secret', async () => {
    const journal = await openJournal(file, (text) => text.replaceAll(/create|POST|hunter2/g, '[masked]'));
    await journal.append({ ...attempt(1, 'shelf/hunter2'), path: '/projects/hunter2' });
    await journal.append({
      type: 'result',
      n: 1,
      at,
      ok: false,
      status: 500,
      requestId: 'hunter2',
      error: 'is hunter2',
    });
    const entry = { type: 'change', at, address: 'shelf/hunter2', action: 'create', outcome: 'failed' } as const;
    await journal.append({ ...entry, detail: 'hunter2' });
    await journal.close();
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain('hunter2');
    expect(text.match(/\[masked\]/g)).toHaveLength(6);
    const [only] = readJournal(`${lines(run('a'))}${text}`).runs;
    expect(only!.attempts).toMatchObject([{ action: 'create', method: 'POST', address: 'shelf/[masked]' }]);
  });

  it('is readable only by its owner, and continues after the last run', async () => {
    for (const id of ['a', 'b']) {
      const journal = await openJournal(file);
      await journal.append(run(id));
      await journal.close();
    }
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(readJournal(await readFile(file, 'utf8')).runs.map((one) => one.run.run)).toEqual(['a', 'b']);
  });

  it('ends a line that a killed run left cut before it writes its own', async () => {
    await writeFile(file, lines(run('a')));
    await appendFile(file, '{"type":"att');
    const journal = await openJournal(file);
    await journal.append(run('b'));
    await journal.close();
    const { runs, unreadable } = readJournal(await readFile(file, 'utf8'));
    expect([runs.map((one) => one.run.run), unreadable]).toEqual([['a', 'b'], 1]);
  });

  it('does not write through a symbolic link', async () => {
    await writeFile(join(directory, 'elsewhere'), '');
    await symlink(join(directory, 'elsewhere'), file);
    await expect(openJournal(file)).rejects.toThrow('ELOOP');
  });
});

describe('readJournal', () => {
  it.each<[string, string, string[], boolean, number]>([
    ['an empty file', '', [], false, 0],
    ['a run that ended', lines(run('a'), attempt(1, 'x'), result(1), end), [], true, 0],
    [
      'a run that was killed between request and answer',
      lines(run('a'), attempt(1, 'x'), result(1), attempt(2, 'y')),
      ['y'],
      false,
      0,
    ],
    ['a last line that was cut', `${lines(run('a'), attempt(1, 'x'))}{"type":"result","n":1`, ['x'], false, 1],
    ['lines of something else', `${lines(run('a'))}hello\n{"type":"other"}\nnull\n`, [], false, 3],
    ['answers out of order', lines(run('a'), attempt(1, 'x'), attempt(2, 'y'), result(2), result(1), end), [], true, 0],
  ])('reads %s', (_case, text, unanswered, ended, unreadable) => {
    const reading = readJournal(text);
    const last = reading.runs.at(-1);
    expect(last?.unanswered.map(({ address }) => address) ?? []).toEqual(unanswered);
    expect(last?.end !== undefined).toBe(ended);
    expect(reading.unreadable).toBe(unreadable);
  });

  it('keeps the numbers of one run apart from those of the next', () => {
    const { runs } = readJournal(lines(run('a'), attempt(1, 'x'), run('b'), attempt(1, 'y'), result(1), end));
    expect(runs.map(({ unanswered }) => unanswered.map(({ address }) => address))).toEqual([['x'], []]);
  });
});

describe('addressesInDoubt', () => {
  const refused: JournalEntry = { type: 'result', n: 1, at, ok: false, status: 409 };
  const change = (outcome: 'ok' | 'failed'): JournalEntry => ({
    type: 'change',
    at,
    address: 'x',
    action: 'create',
    outcome,
  });
  it.each<[string, JournalEntry[], string[]]>([
    ['sent and never answered', [attempt(1, 'x')], ['x']],
    ['answered, and killed before the rest', [attempt(1, 'x'), result(1)], ['x']],
    ['answered and settled', [attempt(1, 'x'), result(1), change('ok')], []],
    ['refused by Harbor', [attempt(1, 'x'), refused, change('failed')], []],
    ['done in part', [attempt(1, 'x'), refused, attempt(2, 'x'), result(2), change('failed')], ['x']],
    [
      'in doubt, and settled by the next run',
      [attempt(1, 'x'), run('b'), attempt(1, 'x'), result(1), change('ok')],
      [],
    ],
    ['in doubt, and not touched by the next run', [attempt(1, 'x'), run('b'), attempt(1, 'y'), refused], ['x']],
  ])('knows what was %s', (_case, entries, expected) => {
    expect(addressesInDoubt(readJournal(lines(run('a'), ...entries)))).toEqual(expected);
  });
});

describe('explainRun', () => {
  it('reports what a killed run may have left half done', () => {
    const { runs } = readJournal(lines(run('a'), attempt(1, 'robot/r')));
    expect(explainRun(runs[0]!)).toEqual([
      expect.stringContaining('run a at'),
      expect.stringMatching(
        /^POST \/projects \(robot\/r\) was sent or about to be sent, and no response was recorded.*--rotate robot\/r$/,
      ),
      expect.stringContaining('it was killed, or is still running'),
    ]);
  });
});

describe('the journal of an apply', () => {
  it("contains every write before and after, with Harbor's message for failed ones", async () => {
    const store = new StoreDouble();
    const declaration = declare({ shelf: [{ name: 'a' }], box: [{ name: 'x' }] });
    store.fault = ({ path }) => (path === '/box' ? { status: 403 } : undefined);
    const journal = await openJournal(file);
    await applyTo(store, declaration, await planFor(store, declaration), { journal });
    await journal.close();
    const [only] = readJournal(await readFile(file, 'utf8')).runs;
    expect(only!.attempts.map(({ address, method, path }) => `${address} ${method} ${path}`)).toEqual([
      'shelf/a POST /shelf',
      'box/x POST /box',
    ]);
    expect(only!.results).toEqual([
      expect.objectContaining({ n: 1, ok: true }),
      expect.objectContaining({ n: 2, ok: false, status: 403, requestId: 'req-1', error: 'it was the fault' }),
    ]);
    expect(only!.changes.map(({ address, outcome }) => `${address} ${outcome}`)).toEqual([
      'shelf/a ok',
      'box/x failed',
    ]);
    expect(only!.end?.outcomes).toEqual({ ok: 1, failed: 1, stale: 0, skipped: 0, unknown: 0 });
  });

  it('stops the writing when it cannot be written itself', async () => {
    const store = new StoreDouble();
    const declaration = declare({ shelf: [{ name: 'a' }] });
    const journal = await openJournal(file);
    const full = {
      ...journal,
      append: async (entry: JournalEntry): Promise<void> => {
        if (entry.type === 'attempt') throw new Error('ENOSPC: no space left on device');
        await journal.append(entry);
      },
    };
    const { failed } = await applyTo(store, declaration, await planFor(store, declaration), { journal: full });
    await journal.close();
    expect(failed.map(({ detail }) => detail)).toEqual([
      'shelf/a: the journal cannot be written (ENOSPC: no space left on device), so nothing was sent to Harbor',
    ]);
    expect(store.writes).toEqual([]);
  });
});

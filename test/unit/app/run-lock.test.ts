import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, processIdentity, takeLock } from '../../../src/app/run-lock';

const WORK = { rule: 'up-running', what: 'another up works on this environment' };
const lockFile = (): string => join(mkdtempSync(join(tmpdir(), 'breakwater-lock-')), 'lock.json');

describe('the lock of a run', () => {
  it('goes to one of many that want it at once', async () => {
    const file = lockFile();
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(file, process.pid, WORK)));
    const taken = all.filter(({ status }) => status === 'fulfilled');
    expect(taken).toHaveLength(1);
    await (taken[0] as PromiseFulfilledResult<() => Promise<void>>).value();
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  it('of an ended run goes to one of many', async () => {
    const file = lockFile();
    const child = spawn('cat');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const identity = await processIdentity(child.pid!);
    child.stdin.end();
    await ended;
    writeFileSync(file, JSON.stringify({ schemaVersion: 1, ...identity, started: '1', since: '2026-11-28T03:14:15Z' }));
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(file, process.pid, WORK)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('distinguishes a process from another one with its number, and reports if it cannot', async () => {
    const own = await processIdentity(process.pid);
    expect(own.started).toMatch(/^\d+$/);
    expect(await isRunning(own, own)).toBe(true);
    expect(await isRunning({ ...own, started: '1' }, own)).toBe(false);
    expect(await isRunning({ ...own, boot: 'another' }, own)).toBe(false);
    expect(await isRunning({ ...own, host: 'another' }, own)).toBeUndefined();
    expect(await isRunning({ ...own, space: 'pid:[1]' }, own)).toBeUndefined();
  });
});

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const COMMAND_TIMEOUT_MS = 60_000;
const START_TRIES = 300;
const STOP_TIMEOUT_MS = 10_000;

/** Runs a program to its end. @throws Error with what it printed */
export async function run(file: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute(file, args, { timeout: COMMAND_TIMEOUT_MS });
  return stdout.trim();
}

export interface Daemon {
  readonly stop: () => Promise<void>;
}

/**
 * Starts a daemon in a mount namespace of its own, so that no mount of it outlives it.
 * @param ready resolves once it answers, rejects until then
 * @throws Error with its log when it ends or does not answer within thirty seconds
 */
export async function startDaemon(
  log: string,
  command: readonly string[],
  ready: () => Promise<unknown>,
): Promise<Daemon> {
  const output = openSync(log, 'w');
  const child = spawn('unshare', ['--mount', '--propagation', 'private', ...command], {
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(patience);
  };
  for (let tries = 0; tries < START_TRIES && child.exitCode === null; tries++) {
    if (await ready().then(Boolean, () => false)) return { stop };
    await wait(100);
  }
  await stop();
  throw new Error(`${command.join(' ')} does not answer:\n${readFileSync(log, 'utf8').slice(-4000)}`);
}

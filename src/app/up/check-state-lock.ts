import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Refusal } from '../../diagnostic';
import type { Deployment, Step } from './steps';
import type { UpContext } from './context';

/** The file that Terraform writes next to a local state while it holds the lock. */
interface LockInfo {
  readonly Operation?: string;
  readonly Who?: string;
  readonly Created?: string;
}

/**
 * A locked state would stop a stack after the earlier steps were done. Only local states can be checked; a remote
 * backend reports it when the plan starts.
 */
export async function checkStateLocks(
  { cwd }: UpContext,
  { deployment, steps }: { readonly deployment: Deployment; readonly steps: readonly Step[] },
): Promise<Refusal[]> {
  if (deployment.stateDirectory === undefined) return [];
  const directory = join(cwd, deployment.stateDirectory);
  const stacks = steps.flatMap(({ actions }) =>
    actions.flatMap((action) => (action.kind === 'stack' ? [action.stack] : [])),
  );
  const found = await Promise.all([...new Set(stacks)].map((stack) => heldBy(join(directory, `${stack}.tfstate`))));
  return found.flatMap((lock) => lock ?? []);
}

/**
 * Terraform writes the file with its owner, but a killed one leaves it behind. So the lock itself is tested,
 * too.
 */
async function heldBy(file: string): Promise<Refusal | undefined> {
  const name = file.slice(dirname(file).length + 1);
  const info = await readFile(join(dirname(file), `.${name}.lock.info`), 'utf8').catch(() => undefined);
  if (info === undefined || !(await isLocked(file))) return undefined;
  const { Operation: operation, Who: who, Created: created } = parse(info);
  const by = `${who ?? 'another process'}${created === undefined ? '' : ` since ${created.slice(0, 16).replace('T', ' ')} UTC`}`;
  return {
    rule: 'state-locked',
    message: `${file} is locked by ${by}${operation === undefined ? '' : ` (${operation})`}`,
    hint: 'another up or terraform is running: wait for its end, or stop it, then run again',
  };
}

/** A Terraform that was killed leaves this file, but no lock: the next one gets the state. */
async function isLocked(file: string): Promise<boolean> {
  const [found, locks] = await Promise.all([
    stat(file).catch(() => undefined),
    readFile('/proc/locks', 'utf8').catch(() => undefined),
  ]);
  if (!found) return false;
  // There is no such table, as on macOS: only the file name is known.
  if (locks === undefined) return true;
  return locks.split('\n').some((line) => /POSIX\s+\S+\s+WRITE/.test(line) && line.includes(`:${found.ino} `));
}

function parse(text: string): LockInfo {
  try {
    return JSON.parse(text) as LockInfo;
  } catch {
    return {};
  }
}

import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeSafely } from './safe-file';

/** A file next to one that we wrote: salted hashes of its content. They do not reveal the secret. */
interface Mark {
  readonly salt: string;
  readonly sha256: readonly string[];
}

/** Larger than any secret file that we write. */
const MAX_BYTES = 1 << 20;

/** A hidden file in the same folder, so that it moves and is deleted with the folder. */
function markOf(file: string): string {
  return join(dirname(file), `.${basename(file)}.breakwater`);
}

/**
 * Whether writing this file can lose nothing: it does not exist, is empty, contains exactly what we wrote, or contains
 * a login of this robot (as `dockerconfigjson` or `kubernetes-secret`).
 */
export async function mayOverwrite(file: string, robot: string): Promise<boolean> {
  const there = await stat(file).catch(() => undefined);
  if (!there || there.size === 0) return true;
  if (there.size > MAX_BYTES) return false;
  const text = await readFile(file, 'utf8');
  const mark = await readMark(file);
  return mark?.sha256.includes(hashOf(mark.salt, text)) === true || accountsIn(text).some((one) => isOf(one, robot));
}

/**
 * Call it before the file is written: then both the old and the new content are recognized as ours, even if the process
 * is killed.
 */
export async function markAsOurs(file: string, content: string): Promise<void> {
  const salt = randomBytes(16).toString('hex');
  const present = await readFile(file, 'utf8').catch(() => '');
  const mark: Mark = { salt, sha256: [hashOf(salt, content), hashOf(salt, present)] };
  await writeSafely(markOf(file), `${JSON.stringify(mark)}\n`);
}

async function readMark(file: string): Promise<Mark | undefined> {
  try {
    const { salt, sha256 } = JSON.parse(await readFile(markOf(file), 'utf8')) as Partial<Mark>;
    return typeof salt === 'string' && Array.isArray(sha256) ? { salt, sha256 } : undefined;
  } catch {
    // A missing or changed mark: then the file is not known to be ours.
    return undefined;
  }
}

function hashOf(salt: string, text: string): string {
  return createHash('sha256').update(salt).update(text).digest('hex');
}

/** User names in a Docker configuration, also inside a Kubernetes Secret. */
function accountsIn(text: string): string[] {
  const [, inner] = /^ {2}\.dockerconfigjson: ([A-Za-z0-9+/=]+)$/m.exec(text) ?? [];
  try {
    const config = JSON.parse(inner === undefined ? text : Buffer.from(inner, 'base64').toString('utf8')) as {
      readonly auths?: Readonly<Record<string, { readonly username?: unknown } | null>>;
    } | null;
    return Object.values(config?.auths ?? {}).map((auth) => String(auth?.username));
  } catch {
    return [];
  }
}

/** A full name is a prefix and the robot's name; a prefix that could be part of the name does not count. */
function isOf(account: string, robot: string): boolean {
  return account.endsWith(robot) && /^$|[^A-Za-z0-9._+-]$/.test(account.slice(0, account.length - robot.length));
}

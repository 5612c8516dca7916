import { compact } from '../../compact';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Declaration } from '../../declaration/declaration';
import { loadPrepared, type Prepared } from '../../deploy/prepared';
import { BreakwaterError } from '../../errors';
import { oldestVersion, parseBackup, type BackupManifest, type Deployment } from './steps';
import { note, type UpContext } from './context';
import { withSession } from '../session';
import type { World } from './world';

/** What is known about the Harbor that this environment deployed before. */
export interface Running {
  /** Version that wrote the data; undefined if there is no data. */
  readonly version?: string;
  /** The source of this version. */
  readonly by?: string;
  readonly prepared?: Prepared;
  readonly backup?: BackupManifest;
}

export interface RunningOptions {
  readonly backup?: string;
  readonly runningVersion?: string;
}

/**
 * Harbor itself is the best source. If it is down, the older of the last prepared and the last backed up version
 * counts: a run may have stopped after `host` prepared the new version and before the data was migrated.
 */
export async function findRunning(
  context: UpContext,
  { name }: Deployment,
  declaration: Declaration,
  options: RunningOptions,
  world: Pick<World, 'listens'>,
): Promise<Running> {
  const { cwd } = context;
  const { value: prepared } = await loadPrepared(join(cwd, 'stacks', 'prepared', `${name}.json`));
  const file = options.backup ?? join('backups', name, 'latest.json');
  const text = await readFile(resolve(cwd, file), 'utf8').catch(() => undefined);
  const backup = text === undefined ? undefined : parseBackup(text);
  const files = compact<Running>({ prepared, backup });
  if (options.runningVersion !== undefined)
    return { version: options.runningVersion, by: '--running-version', ...files };
  const live = await askHarbor(context, declaration, world);
  if (live !== undefined) return { version: live, by: 'Harbor itself', ...files };
  const recorded = oldestVersion([prepared?.harborVersion, prepared && backup?.harborVersion]);
  return recorded === undefined ? files : { version: recorded, by: 'the prepared files and the backup', ...files };
}

async function askHarbor(
  context: UpContext,
  declaration: Declaration,
  world: Pick<World, 'listens'>,
): Promise<string | undefined> {
  const url = declaration.harbor && new URL(declaration.harbor.url);
  if (!url || !(await world.listens(url.hostname, portOf(url)))) return undefined;
  try {
    return await withSession(context, declaration, async ({ identity }) => identity.harborVersion);
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    note(context, `the version of Harbor is unknown: ${error.message}`);
    return undefined;
  }
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

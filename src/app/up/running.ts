import { compact } from '../../compact';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Declaration } from '../../declaration/declaration';
import { loadPrepared, type Prepared } from '../../deploy/prepared';
import { BreakwaterError } from '../../errors';
import { oldestVersion, parseBackup, type BackupManifest, type Deployment, type Upgrade } from './steps';
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
  /** It does not answer. */
  readonly down?: boolean;
  /** An earlier run left it unfinished. */
  readonly upgrade?: Upgrade;
}

/** What a person or the last run knows, for a Harbor that cannot be asked. */
export interface RunningOptions {
  readonly backup?: string;
  readonly runningVersion?: string;
  /** What the record of the last run says. */
  readonly upgrade?: Upgrade;
}

/**
 * Harbor itself is believed first. One that is down cannot be asked: then what an interrupted upgrade started from, or the
 * older of what was last prepared and what was last backed up, for a run that stopped after `host` has prepared the new
 * version before the data is migrated.
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
  const given = compact<Running>({ prepared, backup });
  if (options.runningVersion !== undefined)
    return { version: options.runningVersion, by: '--running-version', ...given };
  const { upgrade } = options;
  const files = compact<Running>({ ...given, upgrade });
  const live = await askHarbor(context, declaration, world);
  if (live !== undefined) return { version: live, by: 'Harbor itself', ...files };
  if (upgrade?.begun)
    return { version: upgrade.from, by: 'the record of the unfinished upgrade', down: true, ...files };
  const recorded = oldestVersion([prepared?.harborVersion, prepared && backup?.harborVersion]);
  const found = recorded === undefined ? {} : { version: recorded, by: 'the prepared files and the backup' };
  return { ...found, down: true, ...files };
}

/**
 * A connection is tried first: without it the login would wait for a Harbor that is not there. Undefined also
 * if the login fails, because the version is only one source among others.
 */
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

import { HarborApiError } from '../../errors';
import type { Client } from '../../harbor';
import { failed, fine, SEE_FRONT, warned, type Seen } from './examination';

/** Of the volume of the registry. A warning begins at three times that. */
export const DEFAULT_MIN_FREE_PERCENT = 5;
/** Below this multiple of the limit it is a warning. */
const WARN_FACTOR = 3;

interface VolumesWire {
  readonly storage?: readonly { readonly total?: number; readonly free?: number }[];
}

interface InfoWire {
  readonly registry_storage_provider_name?: string;
}

const HINT =
  'run garbage collection, tighten retention, or enlarge the volume (docs/guides/host.md, A disk of its own)';

const HINT_BESIDE =
  'enlarge the volume of Harbor: garbage collection frees nothing there (docs/guides/host.md, A disk of its own)';

/**
 * The volume of the registry as core sees it. Harbor itself reports no problem when it fills up: pulls of cached images
 * work, new ones are no longer stored, and PostgreSQL stops if it uses the same disk. With an object store it is the volume
 * of the rest, and Harbor knows no size of the store.
 */
export async function probeDisk(client: Client, minFreePercent: number): Promise<Seen> {
  try {
    const volumes = (await client.get<VolumesWire | undefined>('/systeminfo/volumes')) ?? {};
    const info = await client.get<InfoWire | undefined>('/systeminfo');
    return judgeDisk(volumes, minFreePercent, info?.registry_storage_provider_name);
  } catch (error) {
    if (!(error instanceof HarborApiError) || error.status !== 403) throw error;
    // A proxy in front says nothing about the credentials.
    if (!error.isHarbors) return warned(`the free space is unknown: ${error.message}`, SEE_FRONT);
    return warned(
      'the free space is unknown: these credentials may not read it',
      'grant the robot system-volumes: read',
    );
  }
}

function gibibytes(bytes: number): string {
  const amount = bytes / 1024 ** 3;
  return amount.toFixed(amount < 10 ? 1 : 0);
}

/**
 * Only the first volume of the list is judged.
 * @param provider `filesystem`, `s3` and so on
 */
export function judgeDisk({ storage }: VolumesWire, minFreePercent: number, provider = 'filesystem'): Seen {
  const { total, free } = storage?.[0] ?? {};
  if (total === undefined || free === undefined || !(total > 0))
    return warned('the free space is unknown: Harbor returned no size of its volume');
  const percent = (free / total) * 100;
  const isOnDisk = provider === 'filesystem';
  const where = isOnDisk ? 'where the registry keeps its blobs' : 'on the volume of Harbor';
  const beside = isOnDisk ? '' : `; the registry keeps its blobs in ${provider}`;
  const words = `${gibibytes(free)} of ${gibibytes(total)} GiB are free ${where} (${Math.floor(percent)} %)${beside}`;
  const hint = isOnDisk ? HINT : HINT_BESIDE;
  if (percent < minFreePercent) return failed(words, hint);
  return percent < minFreePercent * WARN_FACTOR ? warned(words, hint) : fine(words);
}

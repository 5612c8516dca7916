import { HarborApiError } from '../../errors';
import type { Client } from '../../harbor';
import { failed, fine, warned, type Seen } from './examination';

/** Of the volume of the registry. A warning begins at three times that. */
export const DEFAULT_MIN_FREE_PERCENT = 5;
/** Below this multiple of the limit it is a warning. */
const WARN_FACTOR = 3;

interface VolumesWire {
  readonly storage?: readonly { readonly total?: number; readonly free?: number }[];
}

const HINT =
  'run garbage collection, tighten retention, or enlarge the volume (docs/guides/host.md, A disk of its own)';

/**
 * The volume of the registry as core sees it. Harbor itself reports no problem when it fills up: pulls of cached images
 * work, new ones are no longer stored, and PostgreSQL stops if it uses the same disk.
 */
export async function probeDisk(client: Client, minFreePercent: number): Promise<Seen> {
  try {
    return judgeDisk((await client.get<VolumesWire | undefined>('/systeminfo/volumes')) ?? {}, minFreePercent);
  } catch (error) {
    if (!(error instanceof HarborApiError) || error.status !== 403) throw error;
    // A proxy in front says nothing about the credentials.
    if (!error.isHarbors) return warned(`the free space is unknown: ${error.message}`);
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

/** Only the first volume of the list is judged. */
export function judgeDisk({ storage }: VolumesWire, minFreePercent: number): Seen {
  const { total, free } = storage?.[0] ?? {};
  if (total === undefined || free === undefined || !(total > 0))
    return warned('the free space is unknown: Harbor returned no size of its volume');
  const percent = (free / total) * 100;
  const words = `${gibibytes(free)} of ${gibibytes(total)} GiB are free where the registry keeps its blobs (${Math.floor(percent)} %)`;
  if (percent < minFreePercent) return failed(words, HINT);
  return percent < minFreePercent * WARN_FACTOR ? warned(words, HINT) : fine(words);
}

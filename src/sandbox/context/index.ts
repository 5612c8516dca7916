import type { Clock } from './clock';
import type { ArtifactEvents } from './listeners';
import type { Timetable } from './timetable';
import type { Features } from '../versions';
import type { BlobStore } from './blob-store';
import type { TokenService } from './token-service';
import type { Store } from '../store/store';

/** What every part of the sandbox uses. */
export interface Context {
  readonly store: Store;
  readonly clock: Clock;
  /** Jobs with a schedule. */
  readonly timetable: Timetable;
  /** Called when artifacts are added or removed. */
  readonly artifactEvents: ArtifactEvents;
  /** As `systeminfo` shows it: `v2.15.2`. */
  readonly harborVersion: string;
  /** The behavior in which this version differs from others. */
  readonly features: Features;
  /** A directory for blobs: below `--data`, or temporary and removed on close. */
  readonly blobsDir: string;
  /** Contents of the blobs. */
  readonly blobs: BlobStore;
  /** Tokens of the registry side. */
  readonly tokens: TokenService;
  /** `http://127.0.0.1:PORT`: known once the server listens. */
  readonly externalUrl: () => string;
  /** Called for errors inside the sandbox itself; its client sees a 500 or no response. */
  readonly onError: (error: unknown) => void;
}

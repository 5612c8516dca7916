import type { Clock } from './server/clock';
import type { ArtifactEvents } from './artifacts/listeners';
import type { Timetable } from './jobs/timetable';
import type { Features } from './versions';
import type { BlobStore } from './registry/blob-store';
import type { TokenService } from './registry/token-service';
import type { Store } from './store/store';

/** What every part of the sandbox works with. */
export interface Context {
  readonly store: Store;
  readonly clock: Clock;
  /** What runs by a schedule. */
  readonly timetable: Timetable;
  /** What is told of artifacts that come and go. */
  readonly artifactEvents: ArtifactEvents;
  /** As `systeminfo` shows it: `v2.15.2`. */
  readonly harborVersion: string;
  /** What that version answers differently from others. */
  readonly features: Features;
  /** A directory for blobs; below `--data`, or temporary and removed on close. */
  readonly blobsDir: string;
  /** The bytes in it. */
  readonly blobs: BlobStore;
  /** Of the registry side. */
  readonly tokens: TokenService;
  /** `http://127.0.0.1:PORT`: known once the server listens. */
  readonly externalUrl: () => string;
  /** Told of what went wrong inside the sandbox itself; its client sees a 500, or nothing. */
  readonly onError: (error: unknown) => void;
}

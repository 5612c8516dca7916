import type { HostMount } from '../edge';
import type { NetworkId } from './harbor-schema';
import type { ServiceId } from './service-ids';

/** What a service's container is, as data: its entry in Harbor's Compose file (docs/harbor-behavior.md 11.1). */
export interface Service {
  readonly id: ServiceId;
  /** uid:gid; the image's own when absent. */
  readonly user?: string;
  readonly networks: readonly NetworkId[];
  readonly mounts: readonly HostMount[];
  /** The prepared env file is read before the image's entrypoint. */
  readonly readsEnvFile?: true;
  /** The image's own CMD, where it differs from release to release. */
  readonly command?: readonly string[];
  /** Values that are no secret: NAME=value. */
  readonly env?: readonly string[];
  /** Docker's form: `CMD` with words, or `CMD-SHELL` with one line. None for an image that has nothing to ask with. */
  readonly healthcheck?: readonly string[];
  readonly dependsOn: readonly ServiceId[];
  /** How long Terraform waits until it is healthy. */
  readonly waitSeconds?: number;
  readonly memoryMiB: number;
  readonly stopGraceSeconds: number;
  readonly stopSignal?: string;
  readonly sharedMemoryMiB?: number;
  /** The root of the container is read-only; what it writes to is in `tmpfs`. */
  readonly readOnly?: true;
  /** Mount options by directory. */
  readonly tmpfs?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly internal: number; readonly external: number; readonly address: string }[];
  /** Added to the none that every other has. */
  readonly capabilities?: readonly string[];
}

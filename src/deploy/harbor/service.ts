import type { HostMount } from '../edge';
import type { NetworkId } from './harbor-schema';
import type { ServiceId } from '../service-ids';

/** A service's container as data, like its entry in Harbor's Compose file (docs/harbor-behavior.md 11.1). */
export interface Service {
  readonly id: ServiceId;
  /** uid:gid; the image's own when absent. */
  readonly user?: string;
  readonly networks: readonly NetworkId[];
  readonly mounts: readonly HostMount[];
  /** The prepared env file is read before the image's entrypoint. */
  readonly readsEnvFile?: true;
  /** The image's own CMD, if it differs between releases. */
  readonly command?: readonly string[];
  /** Values that are not secret: NAME=value. */
  readonly env?: readonly string[];
  /**
   * Docker's format: `CMD` with words, or `CMD-SHELL` with one line. Absent for an image without a program for a check.
   */
  readonly healthcheck?: readonly string[];
  readonly dependsOn: readonly ServiceId[];
  /** How long Terraform waits until it is healthy. */
  readonly waitSeconds?: number;
  readonly memoryMiB: number;
  readonly stopGraceSeconds: number;
  readonly stopSignal?: string;
  readonly sharedMemoryMiB?: number;
  /** The container's root is read-only; writable directories are in `tmpfs`. */
  readonly readOnly?: true;
  /** Mount options by directory. */
  readonly tmpfs?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly internal: number; readonly external: number; readonly address: string }[];
  /** Added to the empty set of all other services. */
  readonly capabilities?: readonly string[];
}

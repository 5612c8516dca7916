import type { HostMount } from './edge';

/** Where Docker sends the output of containers. */
export interface LogSpec {
  readonly driver: 'json-file' | 'syslog';
  readonly options: Readonly<Record<string, string>>;
}

/** A container as data, with everything that differs between containers. */
export interface ContainerSpec {
  readonly name: string;
  /** `repository:tag@sha256:…` */
  readonly image: string;
  /** uid:gid; the image's own when absent. */
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** NAME=value, never a secret: it appears in plans and state. */
  readonly env?: readonly string[];
  readonly mounts: readonly HostMount[];
  /** Mount options by directory. */
  readonly tmpfs?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly internal: number; readonly external: number; readonly address?: string }[];
  readonly healthcheck?: readonly string[];
  /** How long Terraform waits until it is healthy, if the default is too short. */
  readonly waitSeconds?: number;
  readonly memoryMiB: number;
  readonly sharedMemoryMiB?: number;
  readonly readOnly?: boolean;
  readonly stopSignal?: string;
  readonly stopGraceSeconds: number;
  /** Added to an empty set. */
  readonly capabilities?: readonly string[];
  /** Keyed digest of the files that the container reads: when it changes, the container is replaced. */
  readonly prepared?: string;
  readonly log: LogSpec;
}

/** Rotated by Docker, because its own default fills the disk. */
export const ROTATED_LOG: LogSpec = { driver: 'json-file', options: { 'max-size': '20m', 'max-file': '5' } };

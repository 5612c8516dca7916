import type { HostNeeds } from '../../../deploy/host-needs';

/** They migrate data when they start in a new release, and cannot be killed while they do. */
export const MIGRATING_SERVICES = ['postgresql', 'core'] as const;
export type MigratingService = (typeof MIGRATING_SERVICES)[number];

/** What the order of a deployment depends on, of one environment file. */
export interface Deployment {
  /** Name of the environment: `prod`. */
  readonly name: string;
  /** Path of its file, as Ansible is given it. */
  readonly file: string;
  /** Path of `<name>.host.yaml`, which Ansible is given as well. */
  readonly hostSettings?: string;
  readonly hostname: string;
  /** Domains of their own that serve a project of it. */
  readonly mirrorHostnames: readonly string[];
  /** As in the environment file: `v2.15.2`. */
  readonly harborVersion: string;
  /** Traefik in front of it, by the stack `edge`. */
  readonly edge: boolean;
  /** The stack `machine` makes the host. */
  readonly machine: boolean;
  /** Harbor's Helm chart instead of containers on one host. */
  readonly cluster: boolean;
  /** Where Harbor keeps its data on the host; default: /data. */
  readonly dataVolume?: string;
  /** Ports of the host that its containers publish. */
  readonly ports?: readonly number[];
  /** Where Traefik answers clients: by default at every address of the host. */
  readonly front?: { readonly addresses?: readonly string[]; readonly ports: readonly number[] };
  /** Seconds that a service may take until it is healthy, by those of them that run on the host. */
  readonly waits?: Readonly<Partial<Record<MigratingService, number>>>;
  /** An example: what would be run is shown, and nothing is. */
  readonly sample?: true;
  /** What the host is compared with. */
  readonly needs?: HostNeeds;
  /** Where the state files are; absent where Terraform keeps its state elsewhere. */
  readonly stateDirectory?: string;
  /** Passed to every playbook. */
  readonly vault?: { readonly files: readonly string[]; readonly passwordFile?: string };
  readonly host?: DeploymentHost;
}

/** An existing host, or the one that `machine` makes. */
export interface DeploymentHost {
  readonly address: string;
  readonly user: string;
  readonly port: number;
  readonly identityFile?: string;
  /** On this machine: logins for the registries of the images. */
  readonly loginFiles?: readonly string[];
  /** The Docker of this machine, without ssh. */
  readonly local: boolean;
}

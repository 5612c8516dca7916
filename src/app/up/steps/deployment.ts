import type { BackupEnvironment } from '../../../deploy/backup-schema';
import type { HostNeeds } from '../../../deploy/host-needs';

/** They migrate data when they start in a new release, and must not be killed during that. */
export const MIGRATING_SERVICES = ['postgresql', 'core'] as const;
/** Names of the stack; their containers are `harbor-` and the name. */
export type MigratingService = (typeof MIGRATING_SERVICES)[number];

/** The parts of one environment file that determine the order of a deployment. */
export interface Deployment {
  /** Name of the environment: `prod`. */
  readonly name: string;
  /** Path of its file, which Ansible gets. */
  readonly file: string;
  /** The environments of both machines, if this is a pair as a whole. */
  readonly machines?: readonly string[];
  /** `NAME=ADDRESS` of one machine of a pair: it is examined by its own address. */
  readonly connectTo?: string;
  /** One machine of a pair with keepalived: the address can be moved away from it. */
  readonly movesAddress?: boolean;
  /** Variables for Ansible, if this is one machine of a pair. */
  readonly pairVariables?: Readonly<Record<string, unknown>>;
  /** Path of `<name>.host.yaml`, which Ansible gets as well. */
  readonly hostSettings?: string;
  readonly hostname: string;
  /** Own domains that serve one of its projects. */
  readonly mirrorHostnames: readonly string[];
  /** As in the environment file: `v2.15.2`. */
  readonly harborVersion: string;
  /** Traefik in front of it, by the stack `edge`. */
  readonly edge: boolean;
  /** The stack `machine` creates the host. */
  readonly machine: boolean;
  /** Harbor's Helm chart instead of containers on one host. */
  readonly cluster: boolean;
  /** Where Harbor stores its data on the host; default: /data. */
  readonly dataVolume?: string;
  /** Ports of the host that its containers publish. */
  readonly ports?: readonly number[];
  /** Where Traefik accepts clients: by default at every address of the host. */
  readonly front?: { readonly addresses?: readonly string[]; readonly ports: readonly number[] };
  /** Seconds until a service must be healthy, by service on the host. */
  readonly waits?: Readonly<Partial<Record<MigratingService, number>>>;
  /** An example: its commands are shown, but not run. */
  readonly sample?: true;
  /** Requirements that the host is checked for. */
  readonly needs?: HostNeeds;
  /** Directory of the state files; absent if Terraform stores its state elsewhere. */
  readonly stateDirectory?: string;
  /** Passed to every playbook. */
  readonly vault?: { readonly files: readonly string[]; readonly passwordFile?: string };
  readonly host?: DeploymentHost;
  /** What proves a backup, instead of the manifest. */
  readonly backup?: BackupEnvironment;
  /** How the cluster is reached. */
  readonly kubernetes?: { readonly kubeconfig?: string; readonly context?: string };
}

/** An existing host, or the one that `machine` creates. */
export interface DeploymentHost {
  readonly address: string;
  readonly user: string;
  readonly port: number;
  /** A private key on this machine. Absent: ssh chooses one itself. */
  readonly identityFile?: string;
  /** On this machine: logins for the registries of the images. */
  readonly loginFiles?: readonly string[];
  /** The Docker of this machine, without ssh. */
  readonly local: boolean;
}

import type { ClusterEnvironment } from './cluster';
import type { EdgeEnvironment } from './edge';
import type { HarborEnvironment } from './harbor/harbor-schema';
import type { HostEnvironment } from './host-schema';
import type { MachineEnvironment } from './machine';
import type { StateEnvironment } from './state';

export interface DeployWaiver {
  readonly rule: string;
  /** The address of the finding, such as `edge/docker_container.traefik`, or what begins it. */
  readonly object: string;
  readonly reason: string;
  readonly owner: string;
  /** `YYYY-MM-DD`; it no longer holds on the day after. */
  readonly expires: string;
}

/** What is deployed where: one file of stacks/environments, one Harbor. Keys as in the file. */
export interface Environment {
  /** Of its file, without the extension. */
  readonly name: string;
  readonly harbor: HarborEnvironment;
  readonly host?: HostEnvironment;
  readonly edge?: EdgeEnvironment;
  /** Makes the host; absent where it is there. */
  readonly machine?: MachineEnvironment;
  /** Instead of host, edge and containers. */
  readonly cluster?: ClusterEnvironment;
  readonly state?: StateEnvironment;
  /** Accepted findings of the rules. */
  readonly waivers?: readonly DeployWaiver[];
  /** Rules that weigh more here. */
  readonly rules?: { readonly severity?: Readonly<Record<string, 'critical' | 'high' | 'medium' | 'low'>> };
  /** For tests and for reading: it is synthesised and never deployed, so that its names may be samples. */
  readonly sample?: true;
}

import type { BackupEnvironment } from './backup-schema';
import type { ClusterEnvironment } from './cluster';
import type { EdgeEnvironment } from './edge';
import type { HarborEnvironment } from './harbor/harbor-schema';
import type { HostEnvironment } from './host-schema';
import type { MachineEnvironment } from './machine';
import type { PairEnvironment } from './pair-schema';
import type { StateEnvironment } from './state';

/** For rules on stacks alone; those on policies have their own waivers. */
export interface DeployWaiver {
  readonly rule: string;
  /** The address of the finding, such as `edge/docker_container.traefik`, or its beginning. */
  readonly object: string;
  readonly reason: string;
  readonly owner: string;
  /** `YYYY-MM-DD`; on the following day it no longer applies. */
  readonly expires: string;
}

/** What is deployed where: one file of stacks/environments, one Harbor. Keys as in the file. */
export interface Environment {
  /** Name of its file, without the extension. */
  readonly name: string;
  readonly harbor: HarborEnvironment;
  readonly host?: HostEnvironment;
  readonly edge?: EdgeEnvironment;
  /** Creates the host; absent if it exists. */
  readonly machine?: MachineEnvironment;
  /** Instead of host, edge and containers. */
  readonly cluster?: ClusterEnvironment;
  /** Default: single. */
  readonly topology?: 'single' | 'pair';
  readonly pair?: PairEnvironment;
  /** One machine of the pair of this name; never in a file. */
  readonly node?: { readonly pair: string; readonly id: 'a' | 'b' };
  readonly state?: StateEnvironment;
  /** What proves a backup before an upgrade; default: the manifest of backup.yml. */
  readonly backup?: BackupEnvironment;
  /** Accepted findings of the rules. */
  readonly waivers?: readonly DeployWaiver[];
  /** Rules with a higher severity here. */
  readonly rules?: { readonly severity?: Readonly<Record<string, 'critical' | 'high' | 'medium' | 'low'>> };
  /** For tests and for reading: it can be synthesized but is never deployed, so sample names are allowed. */
  readonly sample?: true;
}

import type { FrontPorts } from './firewall';
import type { MachineEnvironment } from './machine-schema';

/** What a provider makes a machine of. */
export interface MachineInputs {
  readonly machine: MachineEnvironment;
  readonly name: string;
  /** For ssh. */
  readonly user: string;
  /** Where the data disk is mounted. */
  readonly dataVolume: string;
  readonly front: FrontPorts;
}

import type { FrontPorts } from './firewall';
import type { MachineEnvironment } from './machine-schema';

/** The inputs from which a provider creates a machine. */
export interface MachineInputs {
  readonly machine: MachineEnvironment;
  readonly name: string;
  /** For ssh. */
  readonly user: string;
  /** Where the data disk is mounted. */
  readonly dataVolume: string;
  readonly front: FrontPorts;
}

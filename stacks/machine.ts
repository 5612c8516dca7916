import { TerraformOutput, TerraformStack, type App } from 'cdktf';
import {
  DEFAULT_DATA_VOLUME,
  frontPorts,
  machineName,
  machineSpec,
  servedNames,
  type Environment,
  type MachineEnvironment,
} from '../src/deployment';
import { addBackend } from './backend';
import { addProvider, addResource, inTerraform } from './resources';

/** The address of a front that these stacks do not manage. */
const DEFAULT_FRONT = { http: 80, https: 443 };

/**
 * The VM. In its own stack, because the docker provider connects to its daemon before it plans: the creation of a machine and
 * the use of its Docker cannot be planned together (docs/harbor-behavior.md 11.8).
 */
export function addMachineStack(app: App, environment: Environment, machine: MachineEnvironment): TerraformStack {
  const stack = new TerraformStack(app, 'machine');
  addBackend(stack, environment, 'machine');
  const { harbor, host, edge } = environment;
  const spec = machineSpec(
    {
      machine,
      name: machineName(machine),
      user: host?.user ?? 'deploy',
      dataVolume: harbor.data_volume ?? DEFAULT_DATA_VOLUME,
      front: edge ? frontPorts(edge) : DEFAULT_FRONT,
    },
    servedNames(environment),
  );
  for (const provider of spec.providers) addProvider(stack, provider);
  for (const resource of spec.resources) addResource(stack, resource);
  const about = 'Where ssh and clients reach the machine: host.address of the environment.';
  new TerraformOutput(stack, 'address', { value: inTerraform(spec.address), description: about });
  return stack;
}

import { App } from 'cdktf';
import type { DeployInputs } from '../src/deployment';
import { addClusterStack } from './cluster';
import { addEdgeStack } from './edge';
import { addHarborStack } from './harbor';
import { addImagesStack } from './images';
import { addMachineStack } from './machine';

/** Writes the stacks of one environment below `outdir`. Neither Terraform nor a network is needed. */
export function synthesise(inputs: DeployInputs, outdir: string): void {
  const app = new App({ outdir, skipValidation: true });
  const { environment } = inputs;
  const { machine, cluster } = environment;
  if (machine) addMachineStack(app, environment, machine);
  if (cluster) addClusterStack(app, inputs, cluster);
  else addHost(app, inputs);
  app.synth();
}

/**
 * No stack depends on another: the cdktf command would refuse to deploy or destroy one alone ("dependencies are not
 * included"), but a rotation during an outage needs that. A stack that is deployed too early fails in its plan: it reads the
 * images and networks of the stack before it.
 */
function addHost(app: App, inputs: DeployInputs): void {
  const { environment, prepared } = inputs;
  addImagesStack(app, inputs);
  if (!prepared) return;
  addHarborStack(app, { ...inputs, prepared });
  if (environment.edge) addEdgeStack(app, inputs, environment.edge);
}

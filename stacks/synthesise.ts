import { App } from 'cdktf';
import type { DeployInputs } from '../src/index';
import { addEdgeStack } from './edge';
import { addHarborStack } from './harbor';
import { addImagesStack } from './images';

/** Writes the stacks of one environment below `outdir`. Neither Terraform nor a network is needed. */
export function synthesise(inputs: DeployInputs, outdir: string): void {
  const app = new App({ outdir, skipValidation: true });
  const { environment, prepared } = inputs;
  const images = addImagesStack(app, inputs);
  if (prepared) {
    const harbor = addHarborStack(app, { ...inputs, prepared });
    harbor.addDependency(images);
    if (environment.edge) addEdgeStack(app, inputs, environment.edge).addDependency(harbor);
  }
  app.synth();
}

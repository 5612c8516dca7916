import { TerraformStack, type App } from 'cdktf';
import { runningServices, type DeployInputs } from '../src/deployment';
import { addBackend } from './backend';
import { addDockerImage, addDockerProvider } from './docker';

/**
 * Every pinned image on the host, deployed before the containers: if a pull fails here, Harbor keeps running. In the stack
 * of the containers they would be destroyed first (docs/harbor-behavior.md 11.7).
 */
export function addImagesStack(app: App, { environment, pins, traefik }: DeployInputs): TerraformStack {
  const stack = new TerraformStack(app, 'images');
  addBackend(stack, environment, 'images');
  addDockerProvider(stack, environment);
  for (const id of runningServices(environment.harbor)) addImage(stack, id, pins[id]?.image);
  if (environment.edge) addImage(stack, 'traefik', traefik.image);
  return stack;
}

function addImage(stack: TerraformStack, id: string, name: string | undefined): void {
  // Kept on destroy and on replace: a rollback needs the old one.
  if (name !== undefined) addDockerImage(stack, id, { name, keep_locally: true });
}

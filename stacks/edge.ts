import { DataDockerImage } from '@cdktf/provider-docker/lib/data-docker-image';
import { DataDockerNetwork } from '@cdktf/provider-docker/lib/data-docker-network';
import { TerraformStack, type App } from 'cdktf';
import {
  edgeContainer,
  ROTATED_LOG,
  type ContainerSpec,
  type DeployInputs,
  type EdgeEnvironment,
} from '../src/deployment';
import { addBackend } from './backend';
import { addContainer } from './container';
import { addDockerProvider } from './docker-provider';
import { literal } from './escape';

/** Traefik in front of Harbor: the only container with published ports. Deployed after harbor, destroyed before it. */
export function addEdgeStack(app: App, inputs: DeployInputs, edge: EdgeEnvironment): TerraformStack {
  const { environment, traefik } = inputs;
  const stack = new TerraformStack(app, 'edge');
  addBackend(stack, environment, 'edge');
  addDockerProvider(stack, environment);
  new DataDockerImage(stack, 'image-traefik', { name: literal(traefik.image) });
  // Looked up, not made here: destroying Harbor with Traefik attached hangs, and Harbor is what owns it.
  const network = new DataDockerNetwork(stack, 'network-edge', { name: 'harbor-edge' });
  const spec: ContainerSpec = {
    name: 'traefik',
    image: traefik.image,
    ...edgeContainer(edge, environment.harbor.hostname),
    readOnly: true,
    log: ROTATED_LOG,
  };
  addContainer(stack, 'traefik', spec, { networks: [{ id: network.id }], after: [] });
  return stack;
}

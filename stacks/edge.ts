import { TerraformStack, type App } from 'cdktf';
import {
  edgeAddress,
  edgeContainer,
  ROTATED_LOG,
  shieldContainer,
  type ContainerSpec,
  type DeployInputs,
  type EdgeEnvironment,
} from '../src/deployment';
import { addBackend } from './backend';
import { addContainer } from './container';
import { addDockerProvider, guardImage, lookUpNetwork } from './docker';

/**
 * Traefik in front of Harbor: the only container with published ports, and the nginx of shielded mirrors.
 * Deployed after harbor, destroyed before it.
 */
export function addEdgeStack(app: App, inputs: DeployInputs, edge: EdgeEnvironment): TerraformStack {
  const { environment, traefik, pins } = inputs;
  const stack = new TerraformStack(app, 'edge');
  addBackend(stack, environment, 'edge');
  addDockerProvider(stack, environment);
  guardImage(stack, 'traefik', traefik.image);
  // Looked up, not created here: Harbor owns it. Destroying Harbor while Traefik is attached hangs.
  const network = lookUpNetwork(stack, 'network-edge', { name: 'harbor-edge' });
  const spec: ContainerSpec = {
    name: 'traefik',
    image: traefik.image,
    ...edgeContainer(edge, environment.harbor.hostname, traefik.image),
    readOnly: true,
    log: ROTATED_LOG,
  };
  addContainer(stack, 'traefik', spec, { networks: [{ id: network }], dependsOn: [] });
  const shield = shieldContainer(edge, edgeAddress(environment.harbor, 'proxy'));
  // Harbor's own nginx: its image is on the host and is pinned with the release.
  const image = pins.proxy?.image;
  if (shield && image !== undefined) {
    guardImage(stack, 'shield', image);
    const beside: ContainerSpec = { name: 'shield', image, ...shield, readOnly: true, log: ROTATED_LOG };
    addContainer(stack, 'shield', beside, { networks: [{ id: network, aliases: ['shield'] }], dependsOn: [] });
  }
  return stack;
}

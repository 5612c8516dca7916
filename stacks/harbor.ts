import { TerraformStack, type App } from 'cdktf';
import {
  dynamicRange,
  edgeAddress,
  gateway,
  harborContainers,
  hasShield,
  internalAddress,
  subnetOf,
  type DeployInputs,
  type HarborContainer,
  type NetworkId,
  type Prepared,
  type Reference,
} from '../src/deployment';
import { addBackend } from './backend';
import { addContainer, type Attachment } from './container';
import { addDockerNetwork, addDockerProvider, guardImage } from './docker';

/** Harbor's containers and their three networks. They publish no ports: Traefik is the only entrance. */
export function addHarborStack(app: App, inputs: DeployInputs & { readonly prepared: Prepared }): TerraformStack {
  const { environment, pins, prepared } = inputs;
  const stack = new TerraformStack(app, 'harbor');
  addBackend(stack, environment, 'harbor');
  addDockerProvider(stack, environment);
  const networks = addNetworks(stack, environment.harbor);
  const containers = harborContainers(environment.harbor, prepared.services, pins);
  for (const { service, container } of containers) guardImage(stack, service.id, container.image);
  for (const { service, container } of containers) {
    const attached = attachments(service, networks, environment);
    addContainer(stack, service.id, container, { networks: attached, dependsOn: service.dependsOn });
  }
  return stack;
}

type Networks = Readonly<Record<NetworkId, Reference>>;

function addNetworks(stack: TerraformStack, harbor: DeployInputs['environment']['harbor']): Networks {
  const network = (id: NetworkId): Reference => {
    const subnet = subnetOf(harbor, id);
    return addDockerNetwork(stack, `network-${id}`, {
      name: `harbor-${id}`,
      driver: 'bridge',
      ipam_config: [{ subnet, gateway: gateway(subnet), ...(id === 'internal' && { ip_range: dynamicRange(subnet) }) }],
      ...(id === 'internal' && { internal: true }),
    });
  };
  return { internal: network('internal'), edge: network('edge'), egress: network('egress') };
}

/** Services find each other only on internal: with an alias on egress, jobservice would reach core by that network. */
function attachments(
  service: HarborContainer['service'],
  networks: Networks,
  { harbor, edge }: DeployInputs['environment'],
): Attachment[] {
  // Only if it is declared: an address replaces the container.
  const isAsked = edge !== undefined && hasShield(edge) && service.id === 'proxy';
  return service.networks.map((id) => ({
    id: networks[id],
    ...(id !== 'egress' && { aliases: [service.id] }),
    ...(id === 'internal' && { address: internalAddress(harbor, service.id) }),
    ...(id === 'edge' && isAsked && { address: edgeAddress(harbor, service.id) }),
  }));
}

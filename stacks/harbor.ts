import type { Container } from '@cdktf/provider-docker/lib/container';
import { DataDockerImage } from '@cdktf/provider-docker/lib/data-docker-image';
import { Network } from '@cdktf/provider-docker/lib/network';
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
  type ServiceId,
} from '../src/deployment';
import { addBackend } from './backend';
import { addContainer, type Attachment } from './container';
import { addDockerProvider } from './docker-provider';
import { literal } from './escape';

/** Harbor's containers and their three networks. Nothing of it is published: Traefik is the only way in. */
export function addHarborStack(app: App, inputs: DeployInputs & { readonly prepared: Prepared }): TerraformStack {
  const { environment, pins, prepared } = inputs;
  const stack = new TerraformStack(app, 'harbor');
  addBackend(stack, environment, 'harbor');
  addDockerProvider(stack, environment);
  const networks = addNetworks(stack, environment.harbor);
  const containers = harborContainers(environment.harbor, prepared.services, pins);
  for (const { service, container } of containers) guardImage(stack, service.id, container.image);
  const made = new Map<ServiceId, Container>();
  for (const entry of inOrder(containers)) {
    const dependsOn = entry.service.dependsOn.flatMap((id) => made.get(id) ?? []);
    const attached = attachments(entry, networks, environment);
    made.set(
      entry.service.id,
      addContainer(stack, entry.service.id, entry.container, { networks: attached, dependsOn }),
    );
  }
  return stack;
}

/** A plan stops with "did not find docker image" before anything is destroyed. */
function guardImage(stack: TerraformStack, id: string, name: string): void {
  new DataDockerImage(stack, `image-${id}`, { name: literal(name) });
}

type Networks = Readonly<Record<NetworkId, Network>>;

function addNetworks(stack: TerraformStack, harbor: DeployInputs['environment']['harbor']): Networks {
  const network = (id: NetworkId): Network => {
    const subnet = subnetOf(harbor, id);
    return new Network(stack, `network-${id}`, {
      name: `harbor-${id}`,
      driver: 'bridge',
      ipamConfig: [{ subnet, gateway: gateway(subnet), ...(id === 'internal' && { ipRange: dynamicRange(subnet) }) }],
      ...(id === 'internal' && { internal: true }),
    });
  };
  return { internal: network('internal'), edge: network('edge'), egress: network('egress') };
}

/** Services find each other on internal alone: an alias on egress, too, made jobservice reach core by that way. */
function attachments(
  { service }: HarborContainer,
  networks: Networks,
  { harbor, edge }: DeployInputs['environment'],
): Attachment[] {
  // Only where something asks for it: an address replaces the container.
  const isAsked = edge !== undefined && hasShield(edge) && service.id === 'proxy';
  return service.networks.map((id) => ({
    id: networks[id].id,
    ...(id !== 'egress' && { aliases: [service.id] }),
    ...(id === 'internal' && { address: internalAddress(harbor, service.id) }),
    ...(id === 'edge' && isAsked && { address: edgeAddress(harbor, service.id) }),
  }));
}

/** Each after those that it waits for. */
function inOrder(containers: readonly HarborContainer[]): HarborContainer[] {
  const waiting = [...containers];
  const done: HarborContainer[] = [];
  while (waiting.length > 0) {
    const isDone = (id: ServiceId): boolean => done.some(({ service }) => service.id === id);
    const next = waiting.findIndex(({ service }) => service.dependsOn.every(isDone));
    if (next === -1) throw new TypeError('services wait for each other in a circle');
    done.push(...waiting.splice(next, 1));
  }
  return done;
}

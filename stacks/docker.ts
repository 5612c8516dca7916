import type { TerraformStack } from 'cdktf';
import { hostConnection, reference, type Environment, type Reference } from '../src/deployment';
import {
  DOCKER_SOURCE,
  DOCKER_VERSION,
  type DataDockerImage,
  type DataDockerNetwork,
  type DockerContainer,
  type DockerImage,
  type DockerNetwork,
  type DockerProvider,
} from './docker-types';
import { addData, addProvider, addResource } from './resources';

/** The docker provider, whose types are generated from its schema: `npm run provider-types`. */
export function addDockerProvider(stack: TerraformStack, { host }: Environment): void {
  const { host: address, sshOpts } = hostConnection(host ?? { local: true });
  const { registry_auth: logins = [] } = host ?? {};
  const properties: DockerProvider = {
    ...(address !== undefined && { host: address }),
    ...(sshOpts.length > 0 && { ssh_opts: sshOpts }),
    // The path of a file: a password would be in saved plans.
    ...(logins.length > 0 && { registry_auth: logins.map((login) => ({ ...login })) }),
  };
  addProvider(stack, { name: 'docker', source: DOCKER_SOURCE, version: DOCKER_VERSION, properties });
}

export function addDockerImage(stack: TerraformStack, name: string, properties: DockerImage): void {
  addResource(stack, { type: 'docker_image', name, properties });
}

/** @returns the network's id: with its name, a change of the subnet hangs and fails */
export function addDockerNetwork(stack: TerraformStack, name: string, properties: DockerNetwork): Reference {
  addResource(stack, { type: 'docker_network', name, properties });
  return reference('docker_network', name, 'id');
}

export interface ContainerOptions {
  /** Names of the containers that must be healthy first. */
  readonly after: readonly string[];
  /** Changes of these are ignored: a label decides whether the container is replaced. */
  readonly ignoreChanges: readonly (keyof DockerContainer)[];
}

export function addDockerContainer(
  stack: TerraformStack,
  name: string,
  properties: DockerContainer,
  { after, ignoreChanges }: ContainerOptions,
): void {
  const dependsOn = after.map((other) => `docker_container.${other}`);
  const ignored = ignoreChanges.length > 0 && { ignoreChanges };
  addResource(stack, { type: 'docker_container', name, properties, dependsOn, ...ignored });
}

/** A plan stops with "did not find docker image" before anything is destroyed. */
export function guardImage(stack: TerraformStack, id: string, image: string): void {
  const properties: DataDockerImage = { name: image };
  addData(stack, { type: 'docker_image', name: `image-${id}`, properties });
}

/** @returns the id of a network that another stack owns */
export function lookUpNetwork(stack: TerraformStack, name: string, properties: DataDockerNetwork): Reference {
  addData(stack, { type: 'docker_network', name, properties });
  return reference('data.docker_network', name, 'id');
}

import { DockerProvider } from '@cdktf/provider-docker/lib/provider';
import type { TerraformStack } from 'cdktf';
import { hostConnection, type Environment } from '../src/deployment';
import { literal } from './escape';

/** kreuzwerker/docker. The bindings are for 3.6.2, which opens one ssh connection per resource (docs/harbor-behavior.md 11.8). */
const PROVIDER_VERSION = '3.9.0';

export function addDockerProvider(stack: TerraformStack, { host }: Environment): DockerProvider {
  const { host: address, sshOpts } = hostConnection(host ?? { local: true });
  const provider = new DockerProvider(stack, 'docker', {
    ...(address !== undefined && { host: literal(address) }),
    ...(sshOpts.length > 0 && { sshOpts: literal([...sshOpts]) }),
  });
  stack.addOverride('terraform.required_providers.docker.version', PROVIDER_VERSION);
  return provider;
}

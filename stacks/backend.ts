import { LocalBackend, type TerraformStack } from 'cdktf';
import type { Environment } from '../src/index';

/**
 * Where a stack's state is kept. A local one lies in state/<environment>/, seen from cdktf.out/stacks/<stack>, where
 * Terraform runs whoever calls it.
 */
export function addBackend(stack: TerraformStack, environment: Environment, id: string): void {
  new LocalBackend(stack, { path: `../../../state/${environment.name}/${id}.tfstate` });
}

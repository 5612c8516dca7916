import type { TerraformStack } from 'cdktf';
import { backendSpec, type Environment } from '../src/index';
import { literal } from './escape';

/** Where a stack's state is kept. */
export function addBackend(stack: TerraformStack, { name, state }: Environment, id: string): void {
  const { type, properties } = backendSpec(state, name, id);
  for (const [key, value] of Object.entries(properties))
    stack.addOverride(`terraform.backend.${type}.${key}`, literal(value));
  // Without any option a block still has to be there.
  if (Object.keys(properties).length === 0) stack.addOverride(`terraform.backend.${type}`, {});
}

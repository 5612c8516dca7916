import { TerraformBackend, type TerraformRemoteState, type TerraformStack } from 'cdktf';
import { backendSpec, type BackendSpec, type Environment } from '../src/deployment';
import { literal } from './escape';

/** Where a stack's state is kept. */
export function addBackend(stack: TerraformStack, { name, state }: Environment, id: string): void {
  new Backend(stack, backendSpec(state, name, id));
}

/** Any backend by its name: cdktf's own classes differ in what they know of each. */
class Backend extends TerraformBackend {
  constructor(
    stack: TerraformStack,
    private readonly spec: BackendSpec,
  ) {
    super(stack, 'backend', spec.type);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return literal({ ...this.spec.properties });
  }

  /** Stacks read nothing of each other's state: what they share has a name. */
  override getRemoteStateDataSource(): TerraformRemoteState {
    throw new TypeError('no stack reads the state of another');
  }
}

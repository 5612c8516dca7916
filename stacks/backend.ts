import { TerraformBackend, type TerraformRemoteState, type TerraformStack } from 'cdktf';
import { backendSpec, type BackendSpec, type Environment } from '../src/deployment';
import { literal } from './escape';

/** The backend of a stack's state. */
export function addBackend(stack: TerraformStack, { name, state }: Environment, id: string): void {
  new Backend(stack, backendSpec(state, name, id));
}

/** Any backend by its name: cdktf's own classes support different options of each. */
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

  /** Stacks do not read each other's state: they share objects by name. */
  override getRemoteStateDataSource(): TerraformRemoteState {
    throw new TypeError('no stack reads the state of another');
  }
}

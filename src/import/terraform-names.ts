import type { Json } from '../json';
import type { TerraformResource } from './terraform';

/** Resolves an id, a path or an expression to a name, because policies only use names. */
export interface TerraformNames {
  /** A literal for `${harbor_project.main.name}`; undefined for anything that has to be computed. */
  evaluate(expression: string): Json | undefined;
  /** The name of the project or registry that a reference refers to. */
  nameOf(type: 'harbor_project' | 'harbor_registry', reference: Json | undefined): string | undefined;
}

const REFERENCE = /^\$\{((?:data\.)?harbor_\w+\.[\w-]+)(\[[^\]]+\])?\.(\w+)\}$/;
const ID_FIELDS = { harbor_project: 'project_id', harbor_registry: 'registry_id' } as const;

/**
 * By address for expressions (`${harbor_project.main.id}`), and by id for a state, where the same reference is
 * `/projects/5`. Ids of projects and registries are separate: both may have a 5.
 */
export function terraformNames(resources: readonly TerraformResource[]): TerraformNames {
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  const byId = new Map(resources.flatMap((resource) => idsOf(resource).map((id) => [id, resource] as const)));

  function target(expression: string): { readonly resource: TerraformResource; readonly field: string } | undefined {
    const [, address = '', index = '', field = ''] = REFERENCE.exec(expression) ?? [];
    const resource = byAddress.get(address + index);
    return resource && { resource, field };
  }
  return {
    evaluate(expression) {
      const found = target(expression);
      const value = found?.resource.attributes[found.field];
      return typeof value === 'string' && value.includes('${') ? undefined : value;
    },
    nameOf(type, reference) {
      const meant =
        typeof reference === 'string' && reference.includes('${')
          ? target(reference)?.resource
          : byId.get(`${type} ${numberIn(reference)}`);
      const name = meant?.attributes['name'];
      return typeof name === 'string' && !name.includes('${') ? name : undefined;
    },
  };
}

function idsOf({ type, attributes }: TerraformResource): string[] {
  const field = Object.entries(ID_FIELDS).find(([of]) => of === type)?.[1];
  if (field === undefined) return [];
  // A project also has a `registry_id`: that of its registry.
  const ids = [attributes[field], attributes['id']].map(numberIn).filter((id) => id !== undefined);
  return ids.map((id) => `${type} ${id}`);
}

/** `5`, `"5"`, `/projects/5`, `/registries/5`. */
function numberIn(reference: Json | undefined): number | undefined {
  const text = typeof reference === 'number' ? String(reference) : reference;
  const [, digits] = typeof text === 'string' ? (/^(?:\/\w+\/)?(\d+)$/.exec(text) ?? []) : [];
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits);
}

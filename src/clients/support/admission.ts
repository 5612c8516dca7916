import type { JsonObject } from '../../json';
import type { Abilities, RenderInput } from '../client';
import { listOption } from './options';

/** Options of programs that judge or rewrite the images of pods. */
export const admissionOptions: JsonObject = {
  exclude_namespaces: {
    description: "Namespaces to exclude: Harbor's own, which otherwise could not restart, and those of the cluster.",
    type: 'array',
    items: { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' },
    default: ['kube-system', 'harbor'],
  },
};

export const admissionAbilities: Abilities = {
  registries: 'every registry',
  path: true,
  strict: true,
  credentials: 'imagePullSecrets of the pod for Harbor, because the names are Harbor’s',
  wildcard: 'one rule for each registry',
  ca: 'as on the nodes',
  reload: 'for new pods',
};

export function excludedNamespaces(input: RenderInput): string[] {
  return listOption(input, 'exclude_namespaces');
}

export const ADMISSION_LIMITS =
  'An admission policy does not see static pods and the pause image: configure the runtime of the nodes for them.';

import type { JsonObject } from '../../json';
import type { Abilities, RenderInput } from '../client';
import { listOption } from './options';

/** Options of what judges or rewrites the images of pods. */
export const admissionOptions: JsonObject = {
  exclude_namespaces: {
    description:
      'Namespaces that are left alone: that of Harbor, or it could not start again, and those of the cluster.',
    type: 'array',
    items: { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' },
    default: ['kube-system', 'harbor'],
  },
};

export const admissionAbilities: Abilities = {
  registries: 'every registry',
  path: true,
  strict: true,
  credentials: 'imagePullSecrets of the pod for Harbor: the names are Harbor’s own',
  wildcard: 'one rule for each registry',
  ca: 'that of the nodes',
  reload: 'for pods that are created from then on',
};

export function excludedNamespaces(input: RenderInput): string[] {
  return listOption(input, 'exclude_namespaces');
}

export const ADMISSION_LIMITS =
  'Static pods and the pause image are never seen by an admission policy: configure the runtime of the nodes for them.';

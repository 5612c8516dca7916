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

/** Shared by Kyverno and the webhook, which rewrite, and with one difference by Gatekeeper, which cannot. */
export const admissionAbilities: Abilities = {
  registries: 'every registry',
  path: true,
  strict: true,
  credentials: 'imagePullSecrets of the pod for Harbor, because the names are Harbor’s',
  wildcard: 'one rule for each registry',
  ca: 'as on the nodes',
  reload: 'for new pods',
};

/** Harbor's own namespace has to be among them: its pods could otherwise wait for the cache that they are. */
export function excludedNamespaces(input: RenderInput): string[] {
  return listOption(input, 'exclude_namespaces');
}

/**
 * Static pods are started by kubelet from a file, and the pause image by the runtime: neither passes the API
 * server first.
 */
export const ADMISSION_LIMITS =
  'An admission policy does not see static pods and the pause image: configure the runtime of the nodes for them.';

import type { ClientFile, RenderInput } from '../client';
import { header } from './header';
import { requiredText } from './options';
import { file } from './rendering';
import { yamlText } from './yaml';

/** One name for all clients in Kubernetes: manifests of two clients in a namespace may share the ConfigMap. */
export const CA_CONFIG_MAP = 'breakwater-ca';

/** The CA for pods to mount; nothing if the system trusts Harbor's certificate. */
export function caConfigMap(input: RenderInput): ClientFile[] {
  if (input.ca === undefined) return [];
  const manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: CA_CONFIG_MAP, namespace: requiredText(input, 'namespace') },
    data: { 'ca.crt': input.ca },
  };
  return [file('ca.yaml', yamlText(header(input, 'Kubernetes ConfigMap'), manifest))];
}

/** The ConfigMap comes first: a pod that mounts a missing one does not start. */
export function caSteps({ ca }: RenderInput): string[] {
  return ca === undefined ? [] : ['kubectl apply -f ca.yaml'];
}

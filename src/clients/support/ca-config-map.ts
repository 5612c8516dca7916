import type { ClientFile, RenderInput } from '../client';
import { header } from './header';
import { requiredText } from './options';
import { file } from './rendering';
import { yamlText } from './yaml';

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

export function caSteps({ ca }: RenderInput): string[] {
  return ca === undefined ? [] : ['kubectl apply -f ca.yaml'];
}

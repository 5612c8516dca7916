import type { JsonObject } from '../../json';
import type { ClientFile, RenderInput, Rendering } from '../client';
import { dockerConfig } from './docker-config';
import { header } from './header';
import { requiredText, textOption } from './options';
import { credentialWarnings, file, harborHost, SECRET_MODE } from './rendering';
import { yamlText } from './yaml';

/** Options of every client in Kubernetes that uses a pull secret. */
export const pullSecretOptions: JsonObject = {
  secret_name: {
    description: 'Name of the pull secret.',
    type: 'string',
    pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
    default: 'breakwater-pull',
  },
  namespace: {
    description: 'Namespace of the pull secret.',
    type: 'string',
    pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
    default: 'default',
  },
  secret_as: {
    description:
      'kubernetes-secret: a Secret, only with --with-secrets. sealed-secret: the same, to be sealed with kubeseal. external-secret: a reference for the External Secrets Operator, without the secret.',
    enum: ['kubernetes-secret', 'sealed-secret', 'external-secret'],
    default: 'kubernetes-secret',
  },
  secret_store: {
    description: 'external-secret: name of the ClusterSecretStore.',
    type: 'string',
    default: 'default',
  },
  secret_key: { description: 'external-secret: key of the robot secret in the store.', type: 'string' },
};

/**
 * The pull secret of a robot in the declared form; nothing without a robot.
 *
 *     secret_as            file                                   secret in it
 *     kubernetes-secret    Secret, mode 0600                      yes, only with --with-secrets
 *     sealed-secret        the same, to be sealed with kubeseal   yes, only with --with-secrets
 *     external-secret      ExternalSecret                         no: a key in your store
 */
export function pullSecret(input: RenderInput): Pick<Rendering, 'files' | 'steps' | 'warnings'> {
  if (!input.robot) return { files: [], steps: [], warnings: credentialWarnings(input) };
  if (input.options['secret_as'] === 'external-secret')
    return { files: [externalSecret(input)], steps: ['kubectl apply -f pull-secret.yaml'], warnings: [] };
  const config = dockerConfig(input);
  if (config === undefined) return { files: [], steps: [], warnings: credentialWarnings(input) };
  const isSealed = input.options['secret_as'] === 'sealed-secret';
  return {
    files: [secretManifest(input, config)],
    steps: isSealed
      ? [
          'kubeseal --format yaml < pull-secret.yaml > sealed-pull-secret.yaml, apply that one, and delete pull-secret.yaml.',
        ]
      : ['kubectl apply -f pull-secret.yaml, and delete the file.'],
    warnings: [],
  };
}

/** `[{ name }]`, if there is a secret. */
export function imagePullSecrets(input: RenderInput): readonly { readonly name: string }[] {
  return input.robot ? [{ name: requiredText(input, 'secret_name') }] : [];
}

function metadata(input: RenderInput): object {
  return { name: requiredText(input, 'secret_name'), namespace: requiredText(input, 'namespace') };
}

/** With the secret in it: the file is for the owner alone, and should not be committed. */
function secretManifest(input: RenderInput, config: string): ClientFile {
  const manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(input),
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(config, 'utf8').toString('base64') },
  };
  return file('pull-secret.yaml', yamlText(header(input, 'Kubernetes Secret'), manifest), { mode: SECRET_MODE });
}

/**
 * The secret stays in the store: the template puts it into the login only in the cluster. `toJson` quotes it,
 * whatever characters it has.
 */
function externalSecret(input: RenderInput): ClientFile {
  const name = requiredText(input, 'secret_name');
  const login = `{"username": ${JSON.stringify(input.robot?.username)}, "password": {{ .secret | toJson }}}`;
  const manifest = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: metadata(input),
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: requiredText(input, 'secret_store') },
      target: {
        name,
        template: {
          type: 'kubernetes.io/dockerconfigjson',
          data: { '.dockerconfigjson': `{"auths": {${JSON.stringify(harborHost(input))}: ${login}}}` },
        },
      },
      data: [{ secretKey: 'secret', remoteRef: { key: textOption(input, 'secret_key') ?? name } }],
    },
  };
  return file('pull-secret.yaml', yamlText(header(input, 'External Secrets Operator'), manifest));
}

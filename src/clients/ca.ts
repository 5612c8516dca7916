import { checkNothing } from './check/nothing';
import type { Client, ClientFile, RenderInput, Rendering } from './client';
import { header } from './support/header';
import { file } from './support/rendering';
import { yamlText } from './support/yaml';
import { CA_CONFIG_MAP, caConfigMap } from './support/ca-config-map';

const STORES = {
  debian: { path: '/usr/local/share/ca-certificates/breakwater.crt', refresh: 'update-ca-certificates' },
  redhat: { path: '/etc/pki/ca-trust/source/anchors/breakwater.crt', refresh: 'update-ca-trust extract' },
  alpine: { path: '/usr/local/share/ca-certificates/breakwater.crt', refresh: 'update-ca-certificates' },
} as const;

export const ca: Client = {
  name: 'ca',
  title: 'Trust in the authority',
  about: 'The store of the system, for helm, oras, cosign, curl and every client without a place of its own.',
  can: {
    registries: 'every registry',
    path: 'no mirror: trust alone',
    strict: 'no mirror: trust alone',
    credentials: 'none',
    wildcard: 'trusted for every name, not for Harbor’s alone',
    ca: 'the store of the system, or a ConfigMap for pods',
    reload: 'when the program is started again',
  },
  options: {
    system: {
      description: 'Which store; kubernetes: a ConfigMap for pods to mount.',
      enum: ['debian', 'redhat', 'alpine', 'kubernetes'],
      default: 'debian',
    },
    namespace: { description: 'kubernetes: namespace of the ConfigMap.', type: 'string', default: 'default' },
  },
  example: { system: 'redhat' },
  reads: [],
  check: checkNothing,
  render,
};

function render(input: RenderInput): Rendering {
  if (input.ca === undefined)
    return {
      files: [],
      steps: [],
      warnings: ['harbor.ca_file is not declared: the certificate of Harbor has to be from a public authority.'],
    };
  if (input.options['system'] === 'kubernetes') return inKubernetes(input);
  const { path, refresh } = STORES[input.options['system'] as keyof typeof STORES];
  return {
    files: [file(path, input.ca)],
    steps: [refresh, 'Restart dockerd, containerd and other programs that run: they read the store at the start.'],
    warnings: ['Programs in Java and Node.js have stores of their own (keytool, NODE_EXTRA_CA_CERTS).'],
  };
}

function inKubernetes(input: RenderInput): Rendering {
  return {
    files: [...caConfigMap(input), mountExample(input)],
    steps: [
      'kubectl apply -f ca.yaml',
      'Mount it as in mount.snippet.yaml. kubelet and the runtime of the nodes read the store of the node.',
    ],
    warnings: [],
  };
}

function mountExample(input: RenderInput): ClientFile {
  const spec = {
    containers: [
      {
        name: 'app',
        env: [{ name: 'SSL_CERT_FILE', value: '/etc/breakwater/ca.crt' }],
        volumeMounts: [{ name: 'ca', mountPath: '/etc/breakwater' }],
      },
    ],
    volumes: [{ name: 'ca', configMap: { name: CA_CONFIG_MAP } }],
  };
  return file('mount.snippet.yaml', yamlText(header(input, 'Kubernetes'), { spec }), {
    note: 'take over into pods that need it',
  });
}

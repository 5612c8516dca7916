import { checkNothing } from './check/nothing';
import type { Client, ClientFile, RenderInput, Rendering } from './client';
import { header } from './support/header';
import { file } from './support/rendering';
import { yamlText } from './support/yaml';
import { CA_CONFIG_MAP, caConfigMap } from './support/ca-config-map';

/** Where each family of distributions expects an additional CA, and the command that adds it to the bundle. */
const STORES = {
  debian: { path: '/usr/local/share/ca-certificates/breakwater.crt', refresh: 'update-ca-certificates' },
  redhat: { path: '/etc/pki/ca-trust/source/anchors/breakwater.crt', refresh: 'update-ca-trust extract' },
  alpine: { path: '/usr/local/share/ca-certificates/breakwater.crt', refresh: 'update-ca-certificates' },
} as const;

/**
 * For programs without a file of their own for the CA. Clients that have one (dockerd, containerd, k3s, Talos)
 * get it there from their own rendering, so that the trust does not extend to every program of the machine.
 */
export const ca: Client = {
  name: 'ca',
  title: 'CA certificate',
  about: "The system's trust store, for helm, oras, cosign, curl and every client without its own.",
  can: {
    registries: 'every registry',
    path: 'no: trust only',
    strict: 'no: trust only',
    credentials: 'none',
    wildcard: 'trusted for every host name, not only Harbor’s',
    ca: "the system's trust store, or a ConfigMap for pods",
    reload: 'when the program is restarted',
  },
  options: {
    system: {
      description: 'Trust store; kubernetes: a ConfigMap that pods mount.',
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

/** Without a declared CA there is nothing to install, which is right for a certificate of a public CA. */
function render(input: RenderInput): Rendering {
  if (input.ca === undefined)
    return {
      files: [],
      steps: [],
      warnings: ['harbor.ca_file is not declared: Harbor needs a certificate of a public CA.'],
    };
  if (input.options['system'] === 'kubernetes') return inKubernetes(input);
  const { path, refresh } = STORES[input.options['system'] as keyof typeof STORES];
  return {
    files: [file(path, input.ca)],
    steps: [refresh, 'Restart dockerd, containerd and other running programs: they read the store when they start.'],
    warnings: ['Programs in Java and Node.js have their own stores (keytool, NODE_EXTRA_CA_CERTS).'],
  };
}

/** A ConfigMap, not a Secret: a certificate of an authority is public. */
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

/**
 * `SSL_CERT_FILE` is read by programs in Go and by OpenSSL. It replaces the system's store, so a pod that also connects
 * to public hosts needs a file with both.
 */
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
    note: 'merge into pods that need it',
  });
}

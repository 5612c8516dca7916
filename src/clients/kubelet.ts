import { checkCredentialProvider } from './check/credential-provider';
import type { Client, RenderInput, Rendering } from './client';
import { header } from './support/header';
import { credentialWarnings, file, harborHost, SECRET_MODE } from './support/rendering';
import { yamlText } from './support/yaml';

/** Name of the program and of its provider: kubelet finds the one by the other. */
const PROGRAM = 'breakwater-credentials';
const CONFIG = '/etc/kubernetes/credential-provider.yaml';
const BIN = '/usr/local/lib/kubelet-credential-providers';
const LOGIN = '/etc/kubernetes/breakwater-credentials.json';
const API = 'credentialprovider.kubelet.k8s.io/v1';

/**
 * The login for runtimes that cannot keep one, or must not: kubelet asks a program, which prints a file.
 *
 *     kubelet ── image of a pod ──► matchImages? ──► program ──► login ──► runtime, with the pull
 *                                    no: no login     prints LOGIN         the mirror gets it, and so does the public
 *                                                                          registry if the cache fails (fallback)
 */
export const kubelet: Client = {
  name: 'kubelet',
  title: 'kubelet credential provider',
  about: 'The login of nodes, for mirrors of containerd or CRI-O.',
  can: {
    registries: 'every registry',
    path: 'no: it only provides the login; the runtime has the mirror',
    strict: 'depends on the runtime',
    credentials:
      'for the names in pods (docker.io): the runtime sends it to the mirror, and with a fallback also to the public registry',
    wildcard: '`*.example.com` in matchImages matches exactly one label',
    ca: 'depends on the runtime',
    reload: 'after a restart of kubelet',
  },
  options: {},
  traps: [
    '`matchImages` is compared with the names in pods: with a mirror, an entry for Harbor alone never matches.',
    'containerd sends the login to any host from which it requests the image (containerd/containerd#4950).',
  ],
  reads: [CONFIG, `${BIN}/*`, '/etc/kubernetes/*-credentials.json'],
  check: checkCredentialProvider,
  render,
};

function render(input: RenderInput): Rendering {
  const names = input.upstreams.map(({ registry }) => registry);
  const config = {
    apiVersion: 'kubelet.config.k8s.io/v1',
    kind: 'CredentialProviderConfig',
    providers: [
      {
        name: PROGRAM,
        apiVersion: API,
        // The names in pods, not those of the mirror: kubelet does not know about the mirror.
        matchImages: [...new Set([...privateNames(input), harborHost(input)])],
        defaultCacheDuration: '10m',
      },
    ],
  };
  const login = loginFile(input);
  return {
    files: [
      file(CONFIG, yamlText(header(input, 'kubelet'), config)),
      file(`${BIN}/${PROGRAM}`, script(input), { mode: 0o755 }),
      ...(login === undefined ? [] : [file(LOGIN, login, { mode: SECRET_MODE })]),
    ],
    steps: [
      `Start kubelet with --image-credential-provider-config=${CONFIG} --image-credential-provider-bin-dir=${BIN}, and restart it.`,
    ],
    warnings: [
      ...credentialWarnings(input),
      ...(names.length > 0 && input.profile === 'fallback'
        ? [
            'with a fallback the runtime may send this login to the public registry, too (containerd sends it to any host): use profile strict for private projects.',
          ]
        : []),
    ],
  };
}

/** Registries of public projects are left out, so that the login is not sent where it is not needed. */
function privateNames({ upstreams }: RenderInput): string[] {
  return upstreams.filter(({ isPublic }) => !isPublic).map(({ registry }) => registry);
}

/** The response to every request of kubelet. */
function loginFile(input: RenderInput): string | undefined {
  const { robot } = input;
  if (robot?.secret === undefined) return undefined;
  const login = { username: robot.username, password: robot.secret };
  const names = [...new Set([...privateNames(input), harborHost(input)])];
  const response = {
    apiVersion: API,
    kind: 'CredentialProviderResponse',
    cacheKeyType: 'Registry',
    cacheDuration: '10m',
    auth: Object.fromEntries(names.map((name) => [name, login])),
  };
  return `${JSON.stringify(response, null, 2)}\n`;
}

/** It ignores the request: `matchImages` has decided before that the login is wanted. */
function script(input: RenderInput): string {
  return `#!/bin/sh
${header(input, 'kubelet')}
# kubelet sends its request to stdin and reads the login from stdout.
cat >/dev/null
exec cat ${LOGIN}
`;
}

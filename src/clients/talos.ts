import { compact } from '../compact';
import { checkTalos } from './check/talos';
import type { Client, ClientFile, RenderInput, Rendering } from './client';
import { header } from './support/header';
import { credentialWarnings, file, harborHost, projectUrl, SECRET_MODE } from './support/rendering';
import { yamlText } from './support/yaml';

/**
 * A patch for `talosctl`, not a file on the node: Talos has no shell and generates the files of containerd
 * itself.
 *
 *     fallback   the endpoint first, then the registry itself
 *     strict     skipFallback: true, for each registry
 */
export const talos: Client = {
  name: 'talos',
  title: 'Talos Linux',
  about: 'Nodes of Talos Linux, by machine configuration.',
  can: {
    registries: 'every registry',
    path: true,
    strict: true,
    credentials: 'RegistryAuthConfig, or machine.registries.config.HOST.auth',
    wildcard: 'not used: `"*"` matches every registry without an entry, but cannot name a different project for each',
    ca: 'RegistryTLSConfig, or machine.registries.config.HOST.tls.ca',
    reload: 'when the patch is applied, without a reboot',
  },
  options: {
    format: {
      description:
        'documents: RegistryMirrorConfig and other documents. machine: machine.registries, for older releases.',
      enum: ['documents', 'machine'],
      default: 'documents',
    },
  },
  example: { format: 'machine' },
  traps: [
    'Without `overridePath` it requests `/v2/PROJECT/v2/…`, gets 404 and pulls from the public registry.',
    'Logins and CAs are configured for the host of an endpoint, not for its URL.',
    'Talos also pulls its own images through these mirrors: the cache must be up before a node is installed, or ghcr.io needs the fallback.',
  ],
  reads: [],
  check: checkTalos,
  render,
};

function render(input: RenderInput): Rendering {
  const isMachine = input.options['format'] === 'machine';
  return {
    files: [patch(input, isMachine ? [machineRegistries(input)] : documents(input))],
    steps: ['talosctl patch machineconfig --patch @registries.patch.yaml --nodes …'],
    warnings: [
      ...credentialWarnings(input),
      ...(input.profile === 'strict' && input.upstreams.some(({ registry }) => registry === 'ghcr.io')
        ? [
            'ghcr.io is strict: Talos pulls its own installer from there (ghcr.io/siderolabs), so the cache must be up before a node is installed or upgraded.',
          ]
        : []),
    ],
  };
}

/**
 * The secret is in the patch and from then on in the machine configuration of each node: hence the mode of the file.
 */
function patch(input: RenderInput, content: readonly object[]): ClientFile {
  const mode = input.robot?.secret === undefined ? {} : { mode: SECRET_MODE };
  return file('registries.patch.yaml', yamlText(header(input, 'Talos Linux'), ...content), mode);
}

/**
 *     documents   RegistryMirrorConfig, RegistryAuthConfig, RegistryTLSConfig: one for each registry or host, CA as text
 *     machine     machine.registries: one tree, CA in base64
 */
function documents(input: RenderInput): object[] {
  const named = (kind: string, name: string) => ({ apiVersion: 'v1alpha1', kind, name });
  const { robot, ca } = input;
  return [
    ...input.upstreams.map((upstream) =>
      compact<object>({
        ...named('RegistryMirrorConfig', upstream.registry),
        endpoints: [{ url: projectUrl(input, upstream), overridePath: true }],
        skipFallback: input.profile === 'strict' ? true : undefined,
      }),
    ),
    ...(robot?.secret === undefined
      ? []
      : [
          {
            ...named('RegistryAuthConfig', harborHost(input)),
            username: robot.username,
            password: robot.secret,
          },
        ]),
    ...(ca === undefined ? [] : [{ ...named('RegistryTLSConfig', harborHost(input)), ca }]),
  ];
}

/**
 *      machine:
 *        registries:
 *          mirrors:
 *            docker.io: { endpoints: [https://harbor.example.com/v2/proxy.docker.io], overridePath: true }
 *          config:
 *            harbor.example.com: { auth: { username: …, password: … }, tls: { ca: BASE64 } }
 */
function machineRegistries(input: RenderInput): object {
  const { robot, ca } = input;
  const auth = robot?.secret === undefined ? {} : { auth: { username: robot.username, password: robot.secret } };
  const tls = ca === undefined ? {} : { tls: { ca: Buffer.from(ca, 'utf8').toString('base64') } };
  const config = { ...auth, ...tls };
  const mirrors = input.upstreams.map((upstream) => [
    upstream.registry,
    compact({
      endpoints: [projectUrl(input, upstream)],
      overridePath: true,
      skipFallback: input.profile === 'strict' ? true : undefined,
    }),
  ]);
  return {
    machine: {
      registries: compact({
        mirrors: Object.fromEntries(mirrors) as object,
        config: Object.keys(config).length > 0 ? { [harborHost(input)]: config } : undefined,
      }),
    },
  };
}

import { compact } from '../compact';
import { checkKaniko } from './check/kaniko';
import type { Client, RenderInput, Rendering, Upstream } from './client';
import { CA_CONFIG_MAP, caConfigMap, caSteps } from './support/ca-config-map';
import { header } from './support/header';
import { imagePullSecrets, pullSecret, pullSecretOptions } from './support/pull-secret';
import { file, harborHost, projectPath } from './support/rendering';
import { requiredText } from './support/options';
import { yamlText } from './support/yaml';

/**
 * Arguments, not a file: kaniko reads its mirrors from its command line only.
 *
 *     --registry-map=index.docker.io=HARBOR/PROJECT   for each registry
 *     --skip-default-registry-fallback                strict
 *     --registry-certificate=HARBOR=FILE              with a CA
 *     /kaniko/.docker/config.json                     with a robot
 */
export const kaniko: Client = {
  name: 'kaniko',
  title: 'kaniko',
  about: 'Builds with kaniko in Kubernetes; the project is archived, forks read the same flags.',
  can: {
    registries: 'every registry',
    path: true,
    strict: true,
    credentials: "/kaniko/.docker/config.json, for Harbor's host",
    wildcard: 'none',
    ca: '--registry-certificate HOST=FILE',
    reload: 'at the next build',
  },
  options: pullSecretOptions,
  traps: [
    'Docker Hub is `index.docker.io`: a map of `docker.io` matches nothing.',
    'Without `--skip-default-registry-fallback` the public registry is used if the mirror fails.',
  ],
  reads: [],
  check: checkKaniko,
  render,
};

function render(input: RenderInput): Rendering {
  const secret = pullSecret(input);
  return {
    files: [
      file('pod.yaml', yamlText(header(input, 'kaniko'), pod(input)), {
        note: 'merge the arguments and volumes into the pod or the job that builds',
      }),
      ...caConfigMap(input),
      ...secret.files,
    ],
    steps: [...caSteps(input), ...secret.steps],
    warnings: secret.warnings,
  };
}

/** go-containerregistry calls Docker Hub index.docker.io: a map of docker.io matches nothing. */
function mapOf(input: RenderInput, upstream: Upstream): string {
  const name = upstream.registry === 'docker.io' ? 'index.docker.io' : upstream.registry;
  return `--registry-map=${name}=${projectPath(input, upstream)}`;
}

/**
 * An excerpt to merge: the destination and the context of the build are not known here. The pull secret is
 * mounted as kaniko's `config.json`.
 */
function pod(input: RenderInput): object {
  const hasCa = input.ca !== undefined;
  const hasLogin = input.robot !== undefined;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'build-', namespace: requiredText(input, 'namespace') },
    spec: compact({
      restartPolicy: 'Never',
      imagePullSecrets: hasLogin ? imagePullSecrets(input) : undefined,
      containers: [
        {
          name: 'kaniko',
          image: 'gcr.io/kaniko-project/executor:v1.24.0',
          args: [
            ...input.upstreams.map((upstream) => mapOf(input, upstream)),
            ...(input.profile === 'strict' ? ['--skip-default-registry-fallback'] : []),
            ...(hasCa ? [`--registry-certificate=${harborHost(input)}=/kaniko/breakwater/ca.crt`] : []),
          ],
          volumeMounts: [
            ...(hasLogin ? [{ name: 'login', mountPath: '/kaniko/.docker' }] : []),
            ...(hasCa ? [{ name: 'ca', mountPath: '/kaniko/breakwater' }] : []),
          ],
        },
      ],
      volumes: [
        ...(hasLogin
          ? [
              {
                name: 'login',
                secret: {
                  secretName: requiredText(input, 'secret_name'),
                  items: [{ key: '.dockerconfigjson', path: 'config.json' }],
                },
              },
            ]
          : []),
        ...(hasCa ? [{ name: 'ca', configMap: { name: CA_CONFIG_MAP } }] : []),
      ],
    }),
  };
}

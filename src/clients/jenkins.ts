import { checkNothing } from './check/nothing';
import type { Client, RenderInput, Rendering } from './client';
import { cachedName } from './support/cached-name';
import { header } from './support/header';
import { imagePullSecrets, pullSecret, pullSecretOptions } from './support/pull-secret';
import { file, harborHost, projectPath } from './support/rendering';
import { requiredText } from './support/options';
import { yamlText } from './support/yaml';

/**
 * Names of the cache are written out, because agents have no mirror of their own. The container `jnlp` is
 * included: it is the one image that no pipeline names and that every build pulls.
 *
 *     agent pods         imagePullSecrets of the template
 *     docker.image()     withRegistry, with the login harbor-robot of Jenkins
 */
export const jenkins: Client = {
  name: 'jenkins',
  title: 'Jenkins',
  about: 'Agents in Kubernetes (plugin kubernetes) and pipelines with docker.image().',
  can: {
    registries: 'every registry',
    path: 'names of the cache; agents with dockerd use the configuration of its host',
    strict: 'names of the cache are always strict',
    credentials: 'imagePullSecrets of the pod template; docker.withRegistry with a credential of Jenkins',
    wildcard: 'none',
    ca: 'as on the nodes or in the agent’s dockerd',
    reload: 'when the configuration is reloaded',
  },
  options: pullSecretOptions,
  example: { namespace: 'jenkins' },
  reads: [],
  check: checkNothing,
  render,
};

function render(input: RenderInput): Rendering {
  const secret = pullSecret(input);
  const agent = cachedName(input, 'docker.io', 'jenkins/inbound-agent:latest');
  const casc = {
    jenkins: {
      clouds: [
        {
          kubernetes: {
            name: 'kubernetes',
            namespace: requiredText(input, 'namespace'),
            templates: [
              {
                name: 'default',
                label: 'default',
                imagePullSecrets: imagePullSecrets(input),
                // The container jnlp is the agent itself; without this it comes from Docker Hub.
                containers: [{ name: 'jnlp', image: agent }],
              },
            ],
          },
        },
      ],
    },
  };
  return {
    files: [
      file('jenkins.casc.yaml', yamlText(header(input, 'Jenkins'), casc), {
        note: 'merge into the configuration as code',
      }),
      file('Jenkinsfile.snippet', pipeline(input), { note: 'how a pipeline names images' }),
      ...secret.files,
    ],
    steps: [
      ...secret.steps,
      'Reload the configuration as code.',
      'breakwater inventory rewrite changes existing Jenkinsfiles.',
    ],
    warnings: secret.warnings,
  };
}

/** An example for one image. Existing pipelines are changed by `breakwater inventory rewrite`. */
function pipeline(input: RenderInput): string {
  const hub = input.upstreams.find(({ registry }) => registry === 'docker.io') ?? input.upstreams[0];
  const name = hub ? projectPath(input, hub) : harborHost(input);
  const image = `docker.image('${name}/library/alpine:3.20').inside { sh 'true' }`;
  const lines = input.robot
    ? [`docker.withRegistry('${input.harborUrl}', 'harbor-robot') {`, `  ${image}`, '}']
    : [image];
  return `// ${header(input, 'Jenkins').slice(2)}\n${lines.join('\n')}\n`;
}

import type { PolicyFile } from '../../export';
import type { Answers, Upstream } from './answers';

/** The policies of a new repository: one registry and one proxy cache project for each upstream. */
export function firstPolicies({ url, upstreams }: Answers): PolicyFile[] {
  return [
    { name: 'policies/harbor.yaml', text: harborYaml(url) },
    { name: 'policies/registries.yaml', text: registriesYaml(upstreams) },
    { name: 'policies/projects.yaml', text: projectsYaml(upstreams) },
  ];
}

function harborYaml(url: string): string {
  return `# The Harbor of this directory, and its login. The password is read from the environment;
# \`breakwater doctor\` shows what these credentials can manage.
harbor:
  url: ${url}
  username: admin
  password: { env: HARBOR_PASSWORD }

# Defaults of every project; a project can override them.
defaults:
  project:
    public: true
    storage_limit: 100GiB
    # Without it Harbor creates a policy for each proxy cache project that deletes what was not pulled for seven days.
    retention:
      schedule: '0 0 3 * * *' # six fields, seconds first
      rules: [{ template: nDaysSinceLastPull, params: { nDaysSinceLastPull: 30 } }]

# Retention removes references; only garbage collection frees the space on the disk.
schedules:
  gc: { cron: '0 0 4 * * *' }
`;
}

function registriesYaml(upstreams: readonly Upstream[]): string {
  return `# Upstream registries. Harbor connects to each one when it is created.
registries:
${upstreams.map(registryYaml).join('\n')}`;
}

function registryYaml({ name, type, url, note }: Upstream): string {
  const account =
    type === 'docker-hub'
      ? '    # credential: { access_key: your-bot, access_secret: { env: DOCKERHUB_TOKEN } }\n'
      : '';
  return `${note === undefined ? '' : `  # ${note}\n`}  ${name}:\n    type: ${type}\n    url: ${url}\n${account}`;
}

function projectsYaml(upstreams: readonly Upstream[]): string {
  const [first] = upstreams;
  const example = first ? `\n# With the first one, HARBOR/${first.project}/${first.image} is ${first.image}.` : '';
  return `# One proxy cache project for each upstream. \`breakwater conform\` pulls the images below \`conformance\`.${example}
projects:
${upstreams.map(projectYaml).join('\n')}`;
}

function projectYaml({ name, project, image }: Upstream): string {
  return `  ${project}:\n    registry: ${name}\n    conformance: { pull: ['${image}'] }\n`;
}

/** The identity of CI, in addition to that of `apply`. */
export const CI_ROBOT = `# The robot that plans pull requests: it can read, but not change anything.
robots:
  breakwater-plan: # in Harbor: robot$breakwater-plan
    description: Read-only, plans pull requests
    duration: 365
    secret: { env: HARBOR_PLAN_SECRET }
    system:
      - { resource: registry, action: list }
      - { resource: project, action: list }
      - { resource: quota, action: list }
      - { resource: robot, action: list }
      - { resource: user-group, action: list }
      - { resource: label, action: read }
      - { resource: replication-policy, action: list }
      - { resource: preheat-instance, action: list }
      - { resource: scanner, action: list }
      - { resource: garbage-collection, action: read }
      - { resource: purge-audit, action: read }
      - { resource: scan-all, action: read }
    projects:
      '*':
        - { resource: project, action: read }
        - { resource: metadata, action: list }
        - { resource: tag-retention, action: read }
        - { resource: member, action: list }
        - { resource: label, action: list }
        - { resource: immutable-tag, action: list }
        - { resource: notification-policy, action: list }
        - { resource: preheat-policy, action: list }
        - { resource: scanner, action: read }
        - { resource: robot, action: list }
`;

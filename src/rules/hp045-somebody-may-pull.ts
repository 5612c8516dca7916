import { proxiesOf, specsOf, type Declared, type DeclaredRobot } from './declared';
import type { Rule } from './rule';

/**
 * Only a declared `public: false` is judged. A member of any role counts, a disabled robot does not. Robots and members
 * that are managed elsewhere are not seen: add a waiver for them.
 */
export const hp045: Rule = {
  id: 'HP045',
  title: 'every private cache has someone who may pull',
  severity: 'medium',
  why: 'If neither a robot nor a member may pull, a healthy Harbor returns 401 for every pull (Harbor docs: user permissions by role).',
  declared: {
    judge: (declared) => {
      const pulled = pulledProjects(declared);
      return proxiesOf(declared)
        .filter(({ spec }) => spec.public === false && !pulled.has('*') && !pulled.has(spec.name))
        .map(({ address }) => ({
          address,
          field: 'public',
          message: 'it is private, but no declared robot or member may pull from it',
          hint: 'declare a robot with repository:pull here, or members; or public: true',
        }));
    },
    good: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: {
        p: {
          registry: 'hub',
          public: false,
          robots: {
            pull: { duration: 90, secret: { env: 'S' }, access: [{ resource: 'repository', action: 'pull' }] },
          },
        },
      },
    },
    bad: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub', public: false } },
    },
  },
};

/** Names of projects; `*` means all of them. Every role of a member may pull. */
function pulledProjects(declared: Declared): ReadonlySet<string> {
  const byMembers = specsOf(declared, 'project-member').map(({ spec }) => spec.project);
  return new Set([...byMembers, ...specsOf(declared, 'robot').flatMap(({ spec }) => pulledBy(spec))]);
}

/**
 *      robot                projects or access                            may pull from `p`
 *      of the system        projects: { "*": [repository:pull] }          yes
 *      of the system        projects: { p: [repository:push] }            no: Harbor does not derive pull from push
 *      of project p         access: [repository:pull]                     yes
 *      of project q         access: [repository:pull]                     no
 */
function pulledBy({ disable, project, access = [], projects = {} }: DeclaredRobot): string[] {
  if (disable === true) return [];
  const rights = project === undefined ? projects : { [project]: access };
  return Object.entries(rights).flatMap(([name, pairs]) => (pairs.includes('repository:pull') ? [name] : []));
}

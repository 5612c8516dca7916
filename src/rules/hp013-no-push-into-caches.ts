import { proxiesOf, specsOf, type DeclaredRobot } from './declared';
import type { Rule } from './rule';

/**
 * The robots of `write_probe` are left out: conform needs them to prove that a push is refused (docs/harbor-behavior.md
 * 10.11). They are named in full there (`robot$proj+ci`), so the end of the name is compared.
 */
export const hp013: Rule = {
  id: 'HP013',
  title: 'no robot may push into a proxy cache project',
  severity: 'high',
  until: '2.15',
  why: 'Harbor refuses every push into a proxy cache, except from a robot whose name begins like the scanner’s: such a robot can replace images in the cache (goharbor/harbor#23681, fixed after 2.15.2).',
  declared: {
    judge: (declared) => {
      const proxies = new Set(proxiesOf(declared).map(({ spec }) => spec.name));
      const probes = new Set(
        declared.conformance.flatMap(({ write_probe: probe }) =>
          probe ? [probe.robot, ...(probe.like_scanner ? [probe.like_scanner.robot] : [])] : [],
        ),
      );
      return specsOf(declared, 'robot')
        .filter(({ spec }) => pushedTo(spec).some((name) => proxies.has(name)))
        .filter(({ spec }) => ![...probes].some((full) => full.endsWith(fullName(spec))))
        .map(({ address, spec }) => ({
          address,
          field: spec.project === undefined ? 'projects' : 'access',
          message: 'it may push into a proxy cache, where pushes are never needed',
          hint: "remove repository:push; declare a robot for conform's write tests as write_probe",
        }));
    },
    good: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: {
        p: {
          registry: 'hub',
          robots: {
            pull: { duration: 90, secret: { env: 'S' }, access: [{ resource: 'repository', action: 'pull' }] },
          },
        },
      },
    },
    bad: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: {
        p: {
          registry: 'hub',
          robots: {
            ci: {
              duration: 90,
              secret: { env: 'S' },
              access: [
                { resource: 'repository', action: 'pull' },
                { resource: 'repository', action: 'push' },
              ],
            },
          },
        },
      },
    },
  },
};

/** Projects by name; those of "*" are for HP012. */
function pushedTo({ project, access = [], projects = {} }: DeclaredRobot): string[] {
  if (project !== undefined) return access.includes('repository:push') ? [project] : [];
  return Object.entries(projects).flatMap(([name, pairs]) => (pairs.includes('repository:push') ? [name] : []));
}

/**
 * Without the prefix, which can differ between Harbors: `$ci` of the system, `$proj+ci` of a project. The `$` stays, so
 * that a probe `robot$my-ci` does not excuse a robot `ci` (docs/harbor-behavior.md 8.6).
 */
function fullName({ project, name }: DeclaredRobot): string {
  return project === undefined ? `$${name}` : `$${project}+${name}`;
}

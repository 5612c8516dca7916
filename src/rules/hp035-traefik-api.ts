import type { Rule } from './rule';
import { traefiksIn } from './traefik-flags';

/**
 * `--api` alone switches the dashboard on, and a flag without a value is `true`. Only flags are judged: a Traefik that
 * takes its static configuration from a file or from its environment has no flags, so nothing is found there.
 */
export const hp035: Rule = {
  id: 'HP035',
  title: 'Traefik has no open API and no dashboard',
  severity: 'critical',
  why: 'api.insecure serves both on a port without any login (Traefik: api-dashboard).',
  deployed: {
    judge: (stacks) =>
      traefiksIn(stacks).flatMap(({ container, flags }) =>
        ['api', 'api.insecure', 'api.dashboard'].flatMap((flag) => {
          const value = flags.get(flag);
          if (value === undefined || value === 'false') return [];
          const hint = 'remove the api options';
          return [{ address: `${container.address}.command`, message: `sets --${flag}=${value}`, hint }];
        }),
      ),
    good: { docker_container: { traefik: { image: 'traefik:v3.5', command: ['--ping=true'] } } },
    bad: { docker_container: { traefik: { image: 'traefik:v3.5', command: ['--api.insecure=true'] } } },
  },
};

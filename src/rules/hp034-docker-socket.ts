import type { Rule } from './rule';
import { textsIn } from './synthesised';

const SOCKET = /(^|[^a-z])(docker|containerd|podman)\.sock\b/;

/**
 * Any text of a resource counts, not only mounts: a volume, an environment variable or a flag of Traefik's Docker
 * provider name the socket as well.
 */
export const hp034: Rule = {
  id: 'HP034',
  title: 'no container has the Docker socket',
  severity: 'critical',
  why: 'Access to it is root on the host, also with a read-only mount (CIS 5.32; Traefik’s docker provider docs).',
  deployed: {
    judge: (stacks) =>
      textsIn(stacks)
        // The docker provider may use it: it runs on the machine that plans.
        .filter(({ address }) => address.includes('/resource.'))
        .flatMap(({ address, text }) =>
          SOCKET.test(text)
            ? [
                {
                  address,
                  message: 'uses the socket of a container runtime',
                  hint: 'use Traefik’s file provider',
                },
              ]
            : [],
        ),
    good: {
      docker_container: { traefik: { mounts: [{ source: '/srv/edge', target: '/etc/traefik', read_only: true }] } },
    },
    bad: {
      docker_container: {
        traefik: { mounts: [{ source: '/var/run/docker.sock', target: '/var/run/docker.sock', read_only: true }] },
      },
    },
  },
};

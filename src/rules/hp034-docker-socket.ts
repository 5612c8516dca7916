import type { Rule } from './rule';
import { textsIn } from './synthesised';

const SOCKET = /(^|[^a-z])(docker|containerd|podman)\.sock\b/;

export const hp034: Rule = {
  id: 'HP034',
  title: 'no container has Docker’s socket',
  severity: 'critical',
  why: 'Whoever can write to it is root on the host, and read-only mounts do not change that (CIS 5.32; Traefik’s docker provider docs).',
  check: (stacks) =>
    textsIn(stacks)
      // The docker provider itself may use it: it runs where the plan is made.
      .filter(({ address }) => address.includes('/resource.'))
      .flatMap(({ address, text }) =>
        SOCKET.test(text)
          ? [
              {
                address,
                message: 'names a container runtime’s socket',
                hint: 'use Traefik’s file provider: there is one backend',
              },
            ]
          : [],
      ),
};

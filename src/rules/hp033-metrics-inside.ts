import { blocksOf, containersIn, textOf, wordsOf } from './synthesised';
import { isInnerAddress, METRICS_PORTS } from './inner-address';
import type { Rule } from './rule';

/**
 * Two ways out: a port that is published on a public address, and a route of the edge, which is recognized by the port
 * 9090 in Traefik's configuration.
 */
export const hp033: Rule = {
  id: 'HP033',
  title: 'metrics are only reachable from the internal network',
  severity: 'medium',
  why: 'The metrics list every project with its pulls and need no credential (metrics docs; metadatalist.go).',
  deployed: {
    judge: (stacks) =>
      containersIn(stacks).flatMap((container) => [
        ...blocksOf(container, 'ports').flatMap(({ internal, ip }) =>
          METRICS_PORTS.has(Number(internal)) && !isInnerAddress(ip)
            ? [
                {
                  address: `${container.address}.ports`,
                  message: `publishes metrics (port ${textOf(internal)}) on ${typeof ip === 'string' ? ip : 'every address'}`,
                  hint: 'publish them on a loopback or private address',
                },
              ]
            : [],
        ),
        ...wordsOf(container, 'entrypoint').flatMap((text) =>
          /https?:\/\/[a-z-]+:9090/.test(text)
            ? [
                {
                  address: `${container.address}.entrypoint`,
                  message: 'routes to Harbor’s metrics from the edge',
                  hint: 'let Prometheus scrape on the internal network',
                },
              ]
            : [],
        ),
      ]),
    good: { docker_container: { exporter: { ports: [{ internal: 9090, external: 9090, ip: '10.1.2.3' }] } } },
    bad: { docker_container: { exporter: { ports: [{ internal: 9090, external: 9090 }] } } },
  },
};

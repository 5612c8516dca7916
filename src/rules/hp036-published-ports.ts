import type { Rule, Violation } from './rule';
import { blocksOf, containersIn, textOf, type ContainerResource, type SynthesisedStack } from './synthesised';
import { isInnerAddress, METRICS_PORTS } from './inner-address';
import { traefiksIn, type Traefik } from './traefik-flags';

const STANDARD: ReadonlySet<number> = new Set([80, 443]);
/** The entry points for clients: a proxy before the host may reach them at other ports than 80 and 443. */
const FRONT = /^entrypoints\.(web|websecure)\.address$/;

/** Ports in the container that serve clients. */
function frontOf({ flags }: Traefik): ReadonlySet<number> {
  return new Set(
    [...flags].flatMap(([flag, address]) => (FRONT.test(flag) ? [Number(address.split(':').at(-1))] : [])),
  );
}

/**
 *       a published port                               finding
 *       of metrics                                     none here: HP033 judges it
 *       of Traefik, for clients (80, 443, or where
 *         web and websecure listen)                    none
 *       at a loopback or private address               none
 *       any other                                      HP036
 */
function publishedBy(container: ContainerResource, front: ReadonlySet<number> | undefined): Violation[] {
  return blocksOf(container, 'ports').flatMap(({ internal, external, ip }) => {
    // HP033 judges metrics.
    if (METRICS_PORTS.has(Number(internal))) return [];
    const isFront = front && (STANDARD.has(Number(external)) || front.has(Number(internal)));
    if (isFront || isInnerAddress(ip)) return [];
    const message = `publishes port ${textOf(external)} on ${typeof ip === 'string' ? ip : 'every address'}`;
    const hint = 'publish only the entry points web and websecure of Traefik; published ports bypass ufw';
    return [{ address: `${container.address}.ports`, message, hint }];
  });
}

function exposedByDefault(stacks: readonly SynthesisedStack[]): Violation[] {
  return traefiksIn(stacks).flatMap(({ container, flags }) => {
    const usesDocker = [...flags.keys()].some((flag) => flag.startsWith('providers.docker'));
    if (!usesDocker || flags.get('providers.docker.exposedbydefault') === 'false') return [];
    const message = 'exposes every container that it sees';
    return [{ address: `${container.address}.command`, message, hint: 'set exposedByDefault to false' }];
  });
}

/** A published port is open to everybody: Docker writes its own firewall rules, which are before those of ufw. */
export const hp036: Rule = {
  id: 'HP036',
  title: 'only Traefik’s HTTP and HTTPS are published',
  severity: 'high',
  why: 'Database, Redis, registry and core trust every client that can reach them (CIS 5.9, 5.14).',
  deployed: {
    judge: (stacks) => {
      const fronts = new Map(traefiksIn(stacks).map((traefik) => [traefik.container.address, frontOf(traefik)]));
      const published = containersIn(stacks).flatMap((one) => [
        ...publishedBy(one, fronts.get(one.address)),
        ...(one.properties['publish_all_ports'] === true
          ? [{ address: one.address, message: 'publishes all its ports', hint: 'publish none' }]
          : []),
      ]);
      return [...published, ...exposedByDefault(stacks)];
    },
    good: { docker_container: { postgresql: { image: 'goharbor/harbor-db:v2.15.2' } } },
    bad: { docker_container: { postgresql: { ports: [{ internal: 5432, external: 5432 }] } } },
  },
};

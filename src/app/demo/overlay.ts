import { stringify } from 'yaml';
import type { Declaration } from '../../declaration/declaration';
import type { FixtureUpstreams } from './upstreams';

/** Names the variable that holds the sandbox's password in a demo. */
export const DEMO_PASSWORD = 'BREAKWATER_DEMO_PASSWORD';

/**
 * What a demo changes of the declaration, and nothing else: where Harbor and the upstreams are. Types with a fixed
 * host (docker-hub, github-ghcr, aws-ecr) take no other URL, so every upstream becomes a docker-registry.
 */
export function demoOverlay(declaration: Declaration, harborUrl: string, upstreams: FixtureUpstreams): string {
  const registries = Object.fromEntries(
    [...upstreams].map(([name, { url }]) => [name, { type: 'docker-registry', url }]),
  );
  const robot = declaration.harbor?.robot ? { robot: null } : {};
  const ca = declaration.harbor?.ca_file === undefined ? {} : { ca_file: null };
  const harbor = { url: harborUrl, username: 'admin', password: { env: DEMO_PASSWORD }, ...robot, ...ca };
  const about = '# Overlay written by `breakwater demo`: only the addresses of the stand-ins.\n';
  return about + stringify({ harbor, registries });
}

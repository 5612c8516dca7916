import { stringify } from 'yaml';
import { compact } from '../../compact';
import type { Declaration } from '../../declaration/declaration';
import type { FixtureUpstreams } from './upstreams';

/** Where the stand-ins of this run listen. */
export interface StandInPlaces {
  readonly url: string;
  /** Name of the variable with the password of admin. */
  readonly passwordEnv: string;
  readonly upstreams: FixtureUpstreams;
  /** The command that uses the overlay. */
  readonly by: string;
}

/**
 * The addresses that stand-ins change in the declaration: those of Harbor and of the upstreams. Types with a fixed host
 * (docker-hub, github-ghcr, aws-ecr) accept no other URL, so every upstream becomes a docker-registry.
 */
export function standInOverlay(declaration: Declaration, { url, passwordEnv, upstreams, by }: StandInPlaces): string {
  const external = new Set((declaration.external ?? []).map(({ identity }) => identity));
  const registries = Object.fromEntries(
    [...upstreams].map(([name, { url: at }]) => [
      name,
      compact<object>({ type: 'docker-registry', url: at, external: external.has(name) ? null : undefined }),
    ]),
  );
  const robot = declaration.harbor?.robot ? { robot: null } : {};
  const ca = declaration.harbor?.ca_file === undefined ? {} : { ca_file: null };
  const harbor = { url, username: 'admin', password: { env: passwordEnv }, ...robot, ...ca };
  const about = `# Overlay written by \`${by}\`: it only replaces addresses.\n`;
  return about + stringify({ harbor, registries });
}

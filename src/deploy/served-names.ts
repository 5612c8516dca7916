import type { Environment } from './environment';
import type { ServedNames } from './machine';

/** The names that clients use: Harbor's and the mirror domains. */
export function servedNames({ harbor, edge }: Pick<Environment, 'harbor' | 'edge'>): ServedNames {
  return { hostname: harbor.hostname, mirrors: (edge?.mirrors ?? []).map(({ hostname }) => hostname) };
}

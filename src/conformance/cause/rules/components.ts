import type { Findings } from '../findings';

/** Without these components of Harbor, no pull works. */
export const OF_PULLS: readonly string[] = ['core', 'database', 'redis', 'registry'];

/** Harbor says that what a pull needs is healthy; a scanner or a portal that is down explains no failed pull. */
export function canPull(harbor: Findings['harbor']): boolean {
  return harbor?.ill !== undefined && !harbor.ill.some((name) => OF_PULLS.includes(name));
}

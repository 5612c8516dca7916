import { PHASES, type Check } from './model/check';
import { CHECKS } from './checks';
import { SCENARIOS } from './scenarios';

/** Every check and scenario, in the order of the report. */
export const CATALOGUE: readonly Check[] = [...CHECKS, ...SCENARIOS];

/** `S4` also selects `S4a` and `S4b`. Without a selection everything is selected. */
export function selectChecks(wanted: readonly string[] | undefined): readonly Check[] {
  if (!wanted || wanted.length === 0) return CATALOGUE;
  return CATALOGUE.filter(({ id }) => wanted.some((wish) => matches(id, wish)));
}

/** Ids that select nothing: a typo must not cause a run that verifies nothing and passes. */
export function unknownChecks(wanted: readonly string[]): string[] {
  return wanted.filter((wish) => !CATALOGUE.some(({ id }) => matches(id, wish)));
}

function matches(id: string, wish: string): boolean {
  const lower = wish.toLowerCase();
  return id.toLowerCase() === lower || id.toLowerCase().replace(/[a-z]$/, '') === lower;
}

/** In the order in which they must run within a project; the report has its own order. */
export function inRunOrder<C extends Check>(checks: readonly C[]): readonly C[] {
  return PHASES.flatMap((phase) => checks.filter((check) => check.phase === phase));
}

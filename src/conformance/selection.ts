import { PHASES, type Check } from './model/check';
import { CHECKS } from './checks';
import { SCENARIOS } from './scenarios';

export const CATALOGUE: readonly Check[] = [...CHECKS, ...SCENARIOS];

/** `S4` selects `S4a` and `S4b` as well. Without any wish everything is selected. */
export function selectChecks(wanted: readonly string[] | undefined): readonly Check[] {
  if (!wanted || wanted.length === 0) return CATALOGUE;
  return CATALOGUE.filter(({ id }) => wanted.some((wish) => matches(id, wish)));
}

/** Wishes that select nothing: a typing error must not make a run that proves nothing and passes. */
export function unknownChecks(wanted: readonly string[]): string[] {
  return wanted.filter((wish) => !CATALOGUE.some(({ id }) => matches(id, wish)));
}

function matches(id: string, wish: string): boolean {
  const lower = wish.toLowerCase();
  return id.toLowerCase() === lower || id.toLowerCase().replace(/[a-z]$/, '') === lower;
}

/** In the order in which they must run within a project; the report has its own. */
export function inRunOrder<C extends Check>(checks: readonly C[]): readonly C[] {
  return PHASES.flatMap((phase) => checks.filter((check) => check.phase === phase));
}

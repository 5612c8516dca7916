import type { Plan } from '../plan';

/** The plan itself: `schemaVersion`, changes, refusals, warnings, summary. Same plan, same bytes. */
export function renderJson(plan: Plan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}

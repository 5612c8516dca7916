import type { Plan } from '../plan';

/** The plan itself, with every optional list written out. Same plan, same bytes. */
export function renderJson(plan: Plan): string {
  const { unreadable = [], unseen = [], findings = [] } = plan;
  return `${JSON.stringify({ ...plan, findings, unreadable, unseen }, null, 2)}\n`;
}

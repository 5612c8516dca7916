import type { RetentionRule } from './policy';

/** The artifact data that a rule uses: times in seconds, as Harbor compares them. */
export interface Times {
  readonly pushedAt: number;
  /** Negative if it was never pulled. */
  readonly pulledAt: number;
}

type Template = (artifacts: readonly Times[], n: number, now: number) => readonly Times[];

const DAY_S = 24 * 3600;

const latest =
  (time: (artifact: Times) => number): Template =>
  (artifacts, n) =>
    [...artifacts].sort((a, b) => time(b) - time(a)).slice(0, n);

/** Name, default and work of each template (src/pkg/retention/policy/rule). */
const TEMPLATES: Readonly<Record<string, { readonly fallback: number; readonly retains: Template }>> = {
  latestPushedK: { fallback: 10, retains: latest(({ pushedAt }) => pushedAt) },
  latestPulledN: { fallback: 10, retains: latest(({ pulledAt }) => pulledAt) },
  latestActiveK: { fallback: 10, retains: latest(({ pushedAt, pulledAt }) => Math.max(pushedAt, pulledAt)) },
  lastXDays: { fallback: 10, retains: (all, n, now) => all.filter(({ pushedAt }) => pushedAt > now - n * DAY_S) },
  nDaysSinceLastPush: { fallback: 30, retains: (all, n, now) => all.filter((one) => one.pushedAt >= now - n * DAY_S) },
  nDaysSinceLastPull: { fallback: 30, retains: (all, n, now) => all.filter((one) => one.pulledAt >= now - n * DAY_S) },
};

/** The error of Harbor's builder for a rule; undefined if the rule can be applied. */
export function ruleProblem({ template = '', params, action = '' }: RetentionRule): string | undefined {
  if (template === '') return 'empty rule template ID';
  if (template !== 'always') {
    if (!TEMPLATES[template]) return `rule evaluator ${template} is not registered`;
    if (params?.[template] === undefined) return `missing required parameter ${template} for rule ${template}`;
  }
  const named = 'get action performer by metadata: ';
  if (action === '') return `${named}empty action`;
  return action === 'retain' ? undefined : `${named}action ${action} is not registered`;
}

/** The artifacts that a valid rule retains. A parameter that is negative or not a number is replaced by the default. */
export function retainedBy<T extends Times>(
  { template = '', params }: RetentionRule,
  artifacts: readonly T[],
  now: number,
): readonly T[] {
  const found = TEMPLATES[template];
  if (!found) return artifacts;
  const sent = params?.[template];
  const n = typeof sent === 'number' && Math.trunc(sent) >= 0 ? Math.trunc(sent) : found.fallback;
  return found.retains(artifacts, n, now) as readonly T[];
}

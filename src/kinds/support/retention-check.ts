import { canonicalJson } from '../../json';
import type { Finding } from '../kind';
import { cronProblem } from './cron';
import { checkDoublestar } from './doublestar';
import { normaliseRules, ruleProblem, type RetentionRule } from './retention-rule';

/** Harbor's own limit. */
const MAX_RULES = 15;

/** Checks of a retention policy that the schema cannot express. */
export function checkRetention(spec: {
  readonly schedule?: string;
  readonly rules?: readonly RetentionRule[];
}): Finding[] {
  return [...checkSchedule(spec), ...checkRules(spec.rules ?? [])];
}

function checkSchedule({ schedule = '' }: { readonly schedule?: string }): Finding[] {
  const problem = cronProblem(schedule);
  return problem ? [{ rule: 'bad-cron', field: 'schedule', ...problem }] : [];
}

/**
 * Each finding names its rule by number, so that it has a line. The order of rules has no meaning for Harbor, which
 * keeps what any of them selects.
 */
function checkRules(rules: readonly RetentionRule[]): Finding[] {
  const findings = rules.flatMap((rule, i): Finding[] => {
    const message = ruleProblem(rule) ?? repeats(rules, i);
    const problem: Finding[] = message === undefined ? [] : [{ rule: 'retention-rule', field: `rules[${i}]`, message }];
    return [...problem, ...checkPatterns(rule, `rules[${i}]`)];
  });
  if (rules.length <= MAX_RULES) return findings;
  return [
    ...findings,
    {
      rule: 'retention-rule',
      field: 'rules',
      message: `Harbor accepts at most ${MAX_RULES} rules, this list has ${rules.length}`,
    },
  ];
}

function checkPatterns(rule: RetentionRule, field: string): Finding[] {
  return [
    ...checkDoublestar(rule.tags, 'tag', `${field}.tags`),
    ...checkDoublestar(rule.tags_exclude, 'tag', `${field}.tags_exclude`),
    ...checkDoublestar(rule.repositories, 'repository', `${field}.repositories`),
    ...checkDoublestar(rule.repositories_exclude, 'repository', `${field}.repositories_exclude`),
  ];
}

/** Harbor refuses two equal rules (409). */
function repeats(rules: readonly RetentionRule[], at: number): string | undefined {
  const [key] = normaliseRules(rules.slice(at, at + 1)).map(canonicalJson);
  const earlier = rules.slice(0, at).findIndex((rule) => canonicalJson(normaliseRules([rule])[0]) === key);
  return earlier < 0 ? undefined : `this rule repeats rules[${earlier}]`;
}

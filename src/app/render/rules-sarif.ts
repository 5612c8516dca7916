import type { SarifRule } from '../../declaration/render-sarif';
import type { Rule } from '../../rules';

/** What the report of a code scanner says of each rule. */
export function aboutRules(rules: readonly Rule[]): ReadonlyMap<string, SarifRule> {
  return new Map(rules.map(({ id, title, why, severity }) => [id, { title, why, severity }]));
}

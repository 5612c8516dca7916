/**
 * Makes Terraform read a text literally: `${` and `%{` begin a template in every string of a configuration, and there is
 * no other way to have one of them in a value (docs/harbor-behavior.md 11.9). Tokens are added
 * after it, or they would be literal too.
 */
export function literal<Value>(value: Value): Value {
  if (typeof value === 'string') return value.replaceAll(/[$%]\{/g, (match) => `${match[0]}${match}`) as Value;
  if (Array.isArray(value)) return value.map((item: unknown) => literal(item)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [literal(key), literal(inner)])) as Value;
}

import type { Selector } from '../selection/selector';

/** An immutable tag rule as Harbor stores it in one column, as JSON. */
export interface ImmutableRule {
  readonly priority?: number;
  readonly action?: string;
  readonly template?: string;
  readonly tag_selectors?: readonly Selector[] | null;
  readonly scope_selectors?: Readonly<Record<string, readonly Selector[]>> | null;
}

/** Never fails: only this program writes the column. */
export function parseRule(content: string): ImmutableRule {
  return JSON.parse(content) as ImmutableRule;
}

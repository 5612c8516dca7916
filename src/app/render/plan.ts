import { compact } from '../../compact';
import type { Plan } from '../../plan/plan';
import { renderJson } from '../../plan/render/json';
import { renderMarkdown } from '../../plan/render/markdown';
import { renderText, type Style } from '../../plan/render/text';
import type { Rule } from '../../rules';
import type { Paint } from './paint';

export { COMMENT_LIMIT } from '../../plan/render/markdown';
export { summaryText } from '../../plan/render/summary';

const STYLES = {
  create: 'green',
  update: 'yellow',
  replace: 'red',
  delete: 'red',
  adopt: 'cyan',
  same: 'dim',
  refusal: 'red',
  warning: 'yellow',
  dim: 'dim',
  bold: 'bold',
} as const satisfies Record<Style, Parameters<Paint>[0]>;

/** The same words with and without color. */
export function planText(plan: Plan, paint: Paint): string {
  return renderText(plan, (style, text) => paint(STYLES[style], text));
}

/** Limits of the place where a comment is shown. */
export interface MarkdownOptions {
  /** Characters; absent: the limit of GitHub. */
  readonly maxLength?: number;
  readonly linkBase?: string;
}

interface Shown extends MarkdownOptions {
  readonly format: string;
  /** Where a finding without a line is shown. */
  readonly policies: string;
}

/**
 * The plan in the requested format.
 * @param ownRules rules of the organization that judged it
 */
export async function planAs(plan: Plan, options: Shown, paint: Paint, ownRules: readonly Rule[]): Promise<string> {
  const { format, maxLength, linkBase, policies } = options;
  if (format === 'json') return renderJson(plan);
  if (format === 'sarif') return (await import('./plan-sarif.js')).planSarif(plan, ownRules, policies);
  return format === 'markdown' ? renderMarkdown(plan, compact({ maxLength, linkBase })) : planText(plan, paint);
}

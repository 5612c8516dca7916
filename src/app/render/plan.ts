import { compact } from '../../compact';
import type { Plan } from '../../plan/plan';
import { renderJson } from '../../plan/render/json';
import { renderMarkdown } from '../../plan/render/markdown';
import { renderText, type Style } from '../../plan/render/text';
import type { Paint } from './paint';

export { COMMENT_LIMIT } from '../../plan/render/markdown';
export { summaryText } from '../../plan/render/rows';

const STYLES = {
  create: 'green',
  update: 'yellow',
  replace: 'red',
  delete: 'red',
  adopt: 'cyan',
  refusal: 'red',
  warning: 'yellow',
  dim: 'dim',
  bold: 'bold',
} as const satisfies Record<Style, Parameters<Paint>[0]>;

export function planText(plan: Plan, paint: Paint): string {
  return renderText(plan, (style, text) => paint(STYLES[style], text));
}

export interface MarkdownOptions {
  readonly maxLength?: number;
  readonly linkBase?: string;
}

/** The plan in the format that was asked for. */
export function planAs(plan: Plan, options: MarkdownOptions & { readonly format: string }, paint: Paint): string {
  const { format, maxLength, linkBase } = options;
  if (format === 'json') return renderJson(plan);
  return format === 'markdown' ? renderMarkdown(plan, compact({ maxLength, linkBase })) : planText(plan, paint);
}

import type { Plan } from '../../plan/plan';
import { renderText, type Style } from '../../plan/render/text';
import type { Paint } from './paint';

export { renderJson } from '../../plan/render/json';
export { COMMENT_LIMIT, renderMarkdown } from '../../plan/render/markdown';
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

import type { Plan } from '../../plan/plan';
import { renderJson } from '../../plan/render/json';
import { renderMarkdown } from '../../plan/render/markdown';
import { renderText, type Style } from '../../plan/render/text';
import { paintFor, type Paint, type Terminal } from '../terminal';

export function showPlan(terminal: Terminal, plan: Plan, format: string): void {
  if (format === 'json') terminal.out(renderJson(plan));
  else if (format === 'markdown') terminal.out(renderMarkdown(plan));
  else terminal.out(planText(plan, paintFor(terminal.colour)));
}

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

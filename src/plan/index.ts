export { makePlan, type PlanInput } from './make-plan';
export type { Action, Change, FieldChange, Mode, Plan, Precondition, Refusal, Warning } from './plan';
export { renderJson } from './render/json';
export { renderMarkdown, type MarkdownOptions } from './render/markdown';
export { rowsOf, summaryText, type ChangeRow, type FieldRow } from './render/rows';
export { renderText, type Paint, type Style } from './render/text';

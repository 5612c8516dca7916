/** Template syntax for control flow, alone on its lines; any other template stands for text. */
const OWN_LINE =
  /^[ \t]*(?:\{\{-?\s*(?:(?:if|else|end|range|with|define|template|block|include|toYaml|tpl|fail|break|continue)\b|\/\*|\$\w+\s*:?=|[^{}\n]{0,300}\bn?indent\b)(?:[^{}]|\{(?!\{)|\}(?!\})){0,2000}\}\}|\{%(?:(?!%\})[\s\S]){0,500}%\}|\{#(?:(?!#\})[\s\S]){0,500}#\})[ \t]*(?=\r?$)/gm;
const INLINE =
  /\{\{(?:[^{}]|\{(?!\{)|\}(?!\})){0,2000}\}\}|\{%(?:(?!%\})[\s\S]){0,500}%\}|<<[ \t]{0,9}[a-z][\w.]{0,200}[ \t]{0,9}>>|\$\[\[[^\n\]]{0,500}\]\]/g;
/** A private-use character: YAML reads it as a letter. */
const LETTER = '\ue000';

/**
 * Text of the same length in which templates are letters, and lines with nothing else are comments. Every pattern is
 * bounded, so the time is linear.
 */
export function masked(text: string): string {
  if (!/\{\{|\{%|<<|\$\[\[/.test(text)) return text;
  return text
    .replace(OWN_LINE, (line) => asComment(line))
    .replace(INLINE, (template) => template.replace(/[^\r\n]/g, LETTER));
}

/** Every line of it. */
function asComment(template: string): string {
  return template.replace(/[^\r\n]+/g, (line) => `#${' '.repeat(line.length - 1)}`);
}

/** What a template does around the text, alone in its lines; anything else stands for text. */
const OWN_LINE =
  /^[ \t]*(?:\{\{-?\s*(?:(?:if|else|end|range|with|define|template|block|include|toYaml|tpl|fail|break|continue)\b|\/\*|\$\w+\s*:?=|[^{}]*\bn?indent\b)(?:[^{}]|\{(?!\{)|\}(?!\}))*\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\})[ \t]*(?=\r?$)/gm;
const INLINE = /\{\{(?:[^{}]|\{(?!\{)|\}(?!\}))*\}\}|\{%[\s\S]*?%\}|<<[ \t]*[a-z][\w.]*[ \t]*>>|\$\[\[.*?\]\]/g;
/** A private-use character: YAML reads it as a letter. */
const LETTER = '\ue000';

/** Text of the same length in which templates are letters, and lines that are nothing else are comments. */
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

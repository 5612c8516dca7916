/** What YAML 1.1 readers and people take for something else than text. */
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
/** Safe without quotes, in block and in flow style; what is left out here is only quoted more often than need be. */
const PLAIN = /^[A-Za-z_/][\w./@$+=%-]*(?::[\w./@$+=%-]+)*(?: [\w./@$+=%()-]+)*$/;
/** Begins with a digit and is no number anyway. */
const SIZE = /^[0-9]+(?:B|[KMGTP]iB)$/;
const PRINTABLE = /^[ -~\u00a1-\u024f]*$/;
/** JSON leaves these as they are; in YAML they break lines, or are no characters at all. */
const NOT_IN_YAML = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A scalar on one line, as a key or as a value. */
export function inlineScalar(value: null | boolean | number | string): string {
  if (typeof value !== 'string') return value === null ? 'null' : String(value);
  if (SIZE.test(value) || (PLAIN.test(value) && !WORDS.test(value))) return value;
  if (PRINTABLE.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value).replace(NOT_IN_YAML, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Lines of a block literal (a certificate), or undefined where one could not say the text exactly. */
export function literalLines(value: string): readonly string[] | undefined {
  const text = value.endsWith('\n') ? value.slice(0, -1) : value;
  const lines = text.split('\n');
  const isExact =
    lines.length > 1 && lines.every((line) => line === line.trim() && line !== '' && PRINTABLE.test(line));
  return isExact ? [value.endsWith('\n') ? '|' : '|-', ...lines] : undefined;
}

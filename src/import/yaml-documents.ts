/** One document, without its marks. Lines count from the start of the file. */
export interface YamlDocument {
  readonly text: string;
  /** Number of lines in the file before it. */
  readonly before: number;
}

/** `---` at the start of a line always begins a document, even in a block of text; `...` ends one. */
const MARK = /^(?:---|\.\.\.)(?=\s|$)/;

/** The documents of a file, as kubectl reads them. */
export function yamlDocuments(text: string): YamlDocument[] {
  const documents: { before: number; lines: string[] }[] = [{ before: 0, lines: [] }];
  text.split('\n').forEach((line, before) => {
    if (MARK.test(line)) documents.push({ before, lines: [] });
    documents.at(-1)?.lines.push(line.replace(MARK, '   '));
  });
  return documents
    .filter(({ lines }) => lines.some((line) => line.trim() !== '' && !line.trim().startsWith('#')))
    .map(({ before, lines }) => ({ before, text: lines.join('\n') }));
}

import { stringify } from 'yaml';

/** One or several documents with one comment at the top. */
export function yamlText(head: string, ...documents: readonly object[]): string {
  const texts = documents.map((document) => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }));
  return `${head}\n${texts.join('---\n')}`;
}

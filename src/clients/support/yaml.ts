import { stringify } from 'yaml';

/** One or several documents under one comment. */
export function yamlText(head: string, ...documents: readonly object[]): string {
  const texts = documents.map((document) => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }));
  return `${head}\n${texts.join('---\n')}`;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CorpusFile {
  readonly path: string;
  readonly text: string;
  /** `line reference`, or `line ?` where the file does not tell it. */
  readonly expected: readonly string[];
}

const DIRECTORY = join(__dirname, 'corpus');

/** Files of the corpus: `=== path`, the text, `--- expect`, what has to be found. `␍` is a carriage return. */
function corpusIn(name: string): CorpusFile[] {
  const [, ...sections] = readFileSync(join(DIRECTORY, name), 'utf8').split(/^=== /m);
  return sections.map((section) => {
    const [head = '', expected = ''] = section.split(/^--- expect\n/m);
    const newline = head.indexOf('\n');
    const path = `${name.replace('.txt', '')}/${head.slice(0, newline)}`;
    return {
      path,
      text: head.slice(newline + 1).replaceAll('␍', '\r'),
      expected: expected.split('\n').filter(Boolean),
    };
  });
}

export const corpus = readdirSync(DIRECTORY).sort().flatMap(corpusIn);

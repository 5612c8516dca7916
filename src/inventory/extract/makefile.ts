import type { Extractor } from '../found';
import { scanShell } from '../shell/scan-shell';
import { variables, type Word } from '../words';

const ASSIGNMENT = /^[ ]*(?:export[ \t]+|override[ \t]+)*([A-Za-z_][\w.-]*)[ \t]*(?:\?|:{1,3}|\+)?=[ \t]*([^\r\n#]*)/gm;

/**
 * Makefiles: recipes, with the variables of the file. `$(IMAGE)` and `${IMAGE}` are the same. An assignment with `?=`
 * can be replaced from outside; the value in the file is what a plain `make` uses.
 */
export const makefile: Extractor = {
  name: 'makefile',
  claims: (path) => /(?:^|\/)(?:GNU)?[mM]akefile(?:[._-][\w.-]+)?$|\.(?:mk|make)$/.test(path),
  extract: (text, start) => ({ found: scanShell(text, start, text.length, variables(text, assignments(text))) }),
};

function assignments(text: string): Map<string, Word> {
  return new Map(
    [...text.matchAll(ASSIGNMENT)].map((match): [string, Word] => {
      const written = match[2] ?? '';
      const value = written.trimEnd();
      const start = match.index + match[0].length - written.length;
      return [match[1] ?? '', { start, end: start + value.length }];
    }),
  );
}

import type { Extractor, Found } from '../found';
import { foundIn } from '../words';
import { scalarAt, type MapNode } from '../yaml/documents';
import { scanYaml, type Visit } from '../yaml/scan-yaml';

/** pre-commit hooks of `language: docker_image`: the image is the first word of `entry` that is not an option. */
export const preCommit: Extractor = {
  name: 'pre-commit',
  claims: (path) => /(?:^|\/)\.pre-commit-(?:config|hooks)\.ya?ml$/.test(path),
  extract: (text, start) => scanYaml(text, start, text.length, { weak: () => false, extra: entryImage }),
};

/**
 *      - id: shellcheck
 *        language: docker_image
 *        entry: --entrypoint /bin/shellcheck koalaman/shellcheck:v0.10.0      the third word
 */
function entryImage(map: MapNode, { text, lookup }: Visit): Found[] {
  const entry = scalarAt(map, 'entry');
  if (!entry || scalarAt(map, 'language')?.text !== 'docker_image') return [];
  const words = [...text.slice(entry.start, entry.end).matchAll(/\S+/g)];
  const at = words.findIndex(({ 0: word }, index) => !word.startsWith('-') && !takesNext(words[index - 1]?.[0]));
  const word = words[at];
  if (!word) return [];
  const start = entry.start + word.index;
  return foundIn(text, { start, end: start + word[0].length }, { lookup, weak: true });
}

function takesNext(word: string | undefined): boolean {
  return word !== undefined && /^(?:--[\w-]+|-[evwu])$/.test(word);
}

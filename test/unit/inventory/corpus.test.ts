import { directoryWith } from '../../support/cli';
import { noCache, takeInventory } from '../../../src/inventory';
import { corpus } from './corpus-files';

describe('the corpus', () => {
  it('has at least 120 files', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(120);
  });

  it('is found with a recall of 95 % and a precision of 97 %', async () => {
    const root = directoryWith(Object.fromEntries(corpus.map(({ path, text }) => [path, text])));
    const { references } = await takeInventory([root], noCache);
    const found = new Set(
      references.map(
        ({ file, place, reference }) => `${file.slice(root.length + 1)} ${place?.line} ${reference ?? '?'}`,
      ),
    );
    const wanted = new Set(corpus.flatMap(({ path, expected }) => expected.map((line) => `${path} ${line}`)));
    const missing = [...wanted].filter((one) => !found.has(one));
    const wrong = [...found].filter((one) => !wanted.has(one));
    const recall = (wanted.size - missing.length) / wanted.size;
    const precision = (found.size - wrong.length) / found.size;
    const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
    process.stderr.write(
      `corpus: ${corpus.length} files, ${wanted.size} references, recall ${percent(recall)}, precision ${percent(precision)}\n`,
    );
    expect({ missing, wrong }).toEqual({ missing: [], wrong: [] });
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(precision).toBeGreaterThanOrEqual(0.97);
  });
});

/** The most likely intended candidate, or undefined if none is similar enough. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const known = [...candidates];
  return nearest(word, known) ?? onlyLonger(word, known);
}

/** A third of the letters may differ: `a` is similar to nothing, `proxy_sped_kb` to `proxy_speed_kb`. */
function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.floor(word.length / 3) + 1;
  const folded = fold(word);
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > bestDistance + 2) continue;
    const other = fold(candidate);
    // The distance is at least the difference of the lengths.
    if (Math.abs(other.length - folded.length) >= bestDistance) continue;
    const distance = editDistance(folded, other);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `oidc` for `oidc_auth`. */
function onlyLonger(word: string, candidates: readonly string[]): string | undefined {
  const longer = word.length < 3 ? [] : candidates.filter((candidate) => candidate.startsWith(word));
  return longer.length === 1 ? longer[0] : undefined;
}

/** For the hint of a finding; undefined leaves the hint out. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const candidate = suggest(word, candidates);
  return candidate === undefined ? undefined : `did you mean "${candidate}"?`;
}

/** Case, and `-`, `_` or camelCase, are the most common differences. */
function fold(word: string): string {
  return word.slice(0, 64).toLowerCase().replaceAll(/[-_]/g, '');
}

/**
 * Damerau-Levenshtein (optimal string alignment): inserting, deleting, replacing and swapping neighbors cost 1. Three
 * rows are enough, because a swap looks back two.
 */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(replace, swap, at(last, j) + 1, at(row, j - 1) + 1));
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}

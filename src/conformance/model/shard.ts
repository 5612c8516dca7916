import { compareText } from '../../compare-text';

/** One of several parts of the work; `index` counts from 1 to `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** `2/3`; undefined if it is not a shard. */
export function parseShard(text: string): Shard | undefined {
  const [, index, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  return shard.index <= shard.of ? shard : undefined;
}

/**
 * Every name is in exactly one shard, and a group is never divided: shards run at the same time, and projects of one
 * canary would stop it for each other. Sizes differ by one at most, except for such groups. The order of the declaration
 * does not matter, so machines that merged their files differently still agree.
 *
 *      groups a+b+c, d, e, f; 2 shards      each group, the largest first, to the shard with the fewest: abc, def
 */
export function inShard(groups: readonly (readonly string[])[], { index, of }: Shard): readonly string[] {
  const sorted = groups.map((group) => [...group].sort(compareText));
  sorted.sort((a, b) => b.length - a.length || compareText(a[0] ?? '', b[0] ?? ''));
  const shards = Array.from({ length: of }, (): string[] => []);
  for (const group of sorted) {
    const fewest = Math.min(...shards.map(({ length }) => length));
    shards.find(({ length }) => length === fewest)?.push(...group);
  }
  return shards[index - 1] ?? [];
}

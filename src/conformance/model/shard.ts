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
 * Every name is in exactly one shard, and sizes differ by one at most. The order of the declaration does not matter, so
 * machines that merged their files differently still agree.
 */
export function inShard(names: readonly string[], { index, of }: Shard): readonly string[] {
  return [...names].sort(compareText).filter((_name, at) => at % of === index - 1);
}

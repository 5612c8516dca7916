/** An image that shall be in the cache. */
export interface Wish {
  /** The proxy cache project that serves it. */
  readonly project: string;
  /** Below the project: `library/nginx:1.27`. */
  readonly image: string;
  /** How often it is used: references, pods, or pulls that Harbor counted. The most used come first. */
  readonly uses: number;
}

/** Something that was named and is not warmed. */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

/** The same image several times is one wish; the order is that of use, then that of the source. */
export function inOrderOfUse(wishes: readonly Wish[]): Wish[] {
  const known = new Map<string, Wish>();
  for (const wish of wishes) {
    const key = keyOf(wish);
    known.set(key, { ...wish, uses: wish.uses + (known.get(key)?.uses ?? 0) });
  }
  return [...known.values()].sort((a, b) => b.uses - a.uses);
}

/** `proxy.docker.io/library/nginx:1.27` */
export function keyOf({ project, image }: Pick<Wish, 'project' | 'image'>): string {
  return `${project}/${image}`;
}

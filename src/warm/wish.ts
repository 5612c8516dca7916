/** An image that should be in the cache. */
export interface Wish {
  /** The proxy cache project that serves it. */
  readonly project: string;
  /** Below the project: `library/nginx:1.27`. */
  readonly image: string;
  /** How often it is used: references, pods, or pulls that Harbor counted. The most used come first. */
  readonly uses: number;
}

/** An image that was named but is not warmed. */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

/** Several mentions of the same image are one wish; sorted by use, then by source. */
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

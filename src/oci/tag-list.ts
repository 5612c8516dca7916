/** The tags in a response to `GET …/tags/list` (distribution spec, listing tags); undefined if it is not one. */
export function tagsIn(body: Buffer): string[] | undefined {
  try {
    const { tags } = JSON.parse(body.toString('utf8')) as { tags?: unknown };
    return tags === null ? [] : Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : undefined;
  } catch {
    return undefined;
  }
}

import { parseImageName, type ImageName } from '../oci';
import { HOLE, holesOf, textOf, type Value } from './value';

/** The meaning of a value: a name, perhaps with a tag that is only known at run time, or why there is none. */
export type Meaning = { readonly name: ImageName; readonly openTag?: string } | { readonly why: string };

/**
 * A hole in the tag is harmless, because the registry and the repository decide about the cache:
 *
 *      nginx:${TAG}             name nginx, openTag ${TAG}
 *      ${REGISTRY}/nginx:1.27   no name: it could be pulled from anywhere
 */
export function meaningOf(value: Value): Meaning {
  const text = detached(textOf(value));
  const nameEnd = endOfName(text);
  const holes = holesOf(value).map(detached);
  if (text.slice(0, nameEnd).includes(HOLE)) return { why: `${holes.join(', ')} has no value in this file` };
  const parsed = parseImageName(text.includes(HOLE) ? text.slice(0, nameEnd) : text);
  if ('problem' in parsed) return { why: parsed.problem };
  return holes.length === 0 ? { name: parsed.value } : { name: parsed.value, openTag: holes.join(', ') };
}

/** A copy: a substring keeps the whole string in memory, which here is a file for each reference. */
function detached(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Where tag and digest begin. */
export function endOfName(text: string): number {
  const at = text.indexOf('@');
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  // In `host:${PORT}/name` the colon is before a slash; a hole never contains a slash.
  return colon > named.lastIndexOf('/') ? colon : named.length;
}

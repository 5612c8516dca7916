import type { LeftOut } from '../export';
import type { Json } from '../json';
import { compact } from '../compact';
import { MissingField, type Fields } from './fields';

/** Something that another tool declares, in the words of a policy file. */
export interface CarriedObject {
  readonly kind: string;
  /** One of the kind's placements, and what its `*` stand for. */
  readonly path: string;
  readonly names: readonly string[];
  readonly value: Json;
}

/** What came out of one file of another tool. The addresses of what did not are those of that tool. */
/** Where the other tool finds Harbor, and who it is there. Its password stays where it is. */
export interface CarriedHarbor {
  readonly url: string;
  readonly username?: string;
}

export interface Carried {
  readonly objects: readonly CarriedObject[];
  readonly notCarried: readonly LeftOut[];
  readonly harbor?: CarriedHarbor;
}

/** Stands where a secret is needed that the other tool does not name: it gets a variable of its own, see `toObjects`. */
export const UNNAMED_SECRET = { env: '' } as const;

/** What `read` makes of one thing; nothing, and why, where a part is not known without which it would be another one. */
export function carriedFrom(fields: Fields, read: () => readonly CarriedObject[]): Carried {
  try {
    const objects = read();
    const [lost] = fields.lost();
    if (lost) throw new MissingField(`${lost.address.slice(fields.address.length + 1)} ${lost.field}`, lost.reason);
    return { objects, notCarried: fields.left() };
  } catch (error) {
    if (!(error instanceof MissingField)) throw error;
    return {
      objects: [],
      notCarried: [compact({ address: fields.address, reason: error.message, line: fields.line(error.field) })],
    };
  }
}

/** A map of lists: what stands under a key more than once is put together. */
export function grouped<T>(entries: readonly (readonly [string, readonly T[]])[]): Readonly<Record<string, T[]>> {
  const groups = new Map<string, T[]>();
  for (const [key, items] of entries) groups.set(key, [...(groups.get(key) ?? []), ...items]);
  return Object.fromEntries(groups);
}

export function together(parts: readonly Carried[]): Carried {
  return compact({
    objects: parts.flatMap(({ objects }) => objects),
    notCarried: parts.flatMap(({ notCarried }) => notCarried),
    harbor: parts.find(({ harbor }) => harbor !== undefined)?.harbor,
  });
}

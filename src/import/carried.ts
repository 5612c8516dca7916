import type { LeftOut } from '../export';
import type { Json } from '../json';
import { compact } from '../compact';
import { MissingField, type Fields } from './fields';

/** An object of another tool, as a value of a policy file. */
export interface CarriedObject {
  readonly kind: string;
  /** One of the kind's placements, and the names for its `*`. */
  readonly path: string;
  readonly names: readonly string[];
  readonly value: Json;
}

/** Harbor's address and login in the other tool. The password is not copied. */
export interface CarriedHarbor {
  readonly url: string;
  readonly username?: string;
}

/**
 * What one file of another tool contains. Nothing is lost: what is not in `objects` is in `notCarried`, under the address
 * that it has in that tool.
 */
export interface Carried {
  readonly objects: readonly CarriedObject[];
  readonly notCarried: readonly LeftOut[];
  readonly harbor?: CarriedHarbor;
}

/** Represents a secret that the other tool does not name: it gets its own variable, see `toObjects`. */
export const UNNAMED_SECRET = { env: '' } as const;

/** The result of `read` for one object; undefined, with a reason, if an essential part is unknown. */
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

/** A map of lists: several values of a key are collected. */
export function grouped<T>(entries: readonly (readonly [string, readonly T[]])[]): Readonly<Record<string, T[]>> {
  const groups = new Map<string, T[]>();
  for (const [key, items] of entries) groups.set(key, [...(groups.get(key) ?? []), ...items]);
  return Object.fromEntries(groups);
}

/** In the order of the parts. Of several addresses of Harbor the first one counts. */
export function together(parts: readonly Carried[]): Carried {
  return compact({
    objects: parts.flatMap(({ objects }) => objects),
    notCarried: parts.flatMap(({ notCarried }) => notCarried),
    harbor: parts.find(({ harbor }) => harbor !== undefined)?.harbor,
  });
}

import type { LeftOut } from '../export';
import type { Json } from '../json';

/** Something that another tool declares, in the words of a policy file. */
export interface CarriedObject {
  readonly kind: string;
  /** One of the kind's placements, and what its `*` stand for. */
  readonly path: string;
  readonly names: readonly string[];
  readonly value: Json;
}

/** What came out of one file of another tool. The addresses of what did not are those of that tool. */
export interface Carried {
  readonly objects: readonly CarriedObject[];
  readonly notCarried: readonly LeftOut[];
}

export function together(parts: readonly Carried[]): Carried {
  return {
    objects: parts.flatMap(({ objects }) => objects),
    notCarried: parts.flatMap(({ notCarried }) => notCarried),
  };
}

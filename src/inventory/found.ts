import type { Beside } from './interpolate';
import type { Value } from './value';

/**
 *      high     a place that always has an image, with a full name: `image: nginx:1.27`
 *      medium   either the place or the name is certain: a bare name in a container, or a full name in any string
 *      low      a place that has an image, whose name is a variable
 */
export type Confidence = 'high' | 'medium' | 'low';

/** A place that names an image. Offsets are bytes of the file. */
export interface Found {
  /** The name as written, without quotes. */
  readonly start: number;
  readonly end: number;
  readonly value: Value;
  readonly confidence: Confidence;
  /** Why it must not be edited in place, if so. */
  readonly fixed?: string;
}

/** A part of a file that cannot be read. */
export interface Trouble {
  readonly at: number;
  readonly message: string;
}

/** In any order; the scan sorts by place and removes what was found twice. */
export interface Extraction {
  readonly found: readonly Found[];
  readonly troubles?: readonly Trouble[];
}

/** One format of files. `claims` is asked in the order of the list, and the first `true` decides. */
export interface Extractor {
  /** Name of the format in reports. */
  readonly name: string;
  /** @param path with forward slashes */
  claims(path: string, head: () => string): boolean;
  /** @param start after a byte order mark */
  extract(text: string, start: number, path: string, beside?: Beside): Extraction;
}

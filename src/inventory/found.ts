import type { Beside } from './interpolate';
import type { Value } from './value';

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

export interface Extraction {
  readonly found: readonly Found[];
  readonly troubles?: readonly Trouble[];
}

export interface Extractor {
  /** Name of the format in reports. */
  readonly name: string;
  /** @param path with forward slashes */
  claims(path: string, head: () => string): boolean;
  /** @param start after a byte order mark */
  extract(text: string, start: number, path: string, beside?: Beside): Extraction;
}

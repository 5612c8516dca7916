import type { JsonObject } from '../json';
import type { Carried } from './carried';

/** One format of another tool. */
export interface Reader {
  /** What it reads, for the message that lists all supported formats. */
  readonly formats: string;
  /** @returns undefined for any other document */
  read(document: JsonObject): Carried | undefined;
}

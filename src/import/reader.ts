import type { JsonObject } from '../json';
import type { Carried } from './carried';

/** One format of another tool. */
export interface Reader {
  /** What it reads, for the message that names everything that can be imported. */
  readonly formats: string;
  /** @returns nothing for any other document */
  read(document: JsonObject): Carried | undefined;
}

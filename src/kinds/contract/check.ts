/** A finding of `check`; the declaration adds file, line and column. `field` is below the placement's path. */
export type { Finding } from '../../diagnostic';

/** What a check may know of the rest of the declaration. Nothing here comes from Harbor: checks run offline. */
export interface CheckContext {
  /** The declared spec of another object, such as the project of a retention. */
  declared(kind: string, identity: string): object | undefined;
  /** All declared specs of a kind; absent if one object is checked alone. */
  all?(kind: string): readonly object[];
  /** The declared `harbor.version`; without it the newest Harbor counts. */
  readonly harborVersion?: string;
}

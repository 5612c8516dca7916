/** What `check` finds; the declaration adds file, line and column. `field` is below the placement's path. */
export type { Finding } from '../../diagnostic';

export interface CheckContext {
  /** The declared spec of another object, such as the project of a retention. */
  declared(kind: string, identity: string): object | undefined;
  /** All declared specs of a kind; absent where one object is checked by itself. */
  all?(kind: string): readonly object[];
  /** What `harbor.version` declares; without it the newest Harbor counts. */
  readonly harborVersion?: string;
}

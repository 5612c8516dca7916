import type { Position } from '../diagnostic';

/** What an advisory sees of a declaration: one declared object. */
export interface DeclaredPart {
  readonly kind: string;
  /** `registry/docker-hub` */
  readonly address: string;
  readonly spec: object;
  readonly at?: Position;
}

export interface Condition {
  /** What is looked for, as in "a registry of type docker-hub". */
  readonly words: string;
  /** Those that it is; none where the advisory does not matter. Pure. */
  readonly among: (parts: readonly DeclaredPart[]) => readonly DeclaredPart[];
}

/**
 * `critical`: what it is deployed for does not work, so that a new deployment is refused. `warning`: something that is declared
 * misbehaves or is exposed. `note`: good to know when something looks odd.
 */
export type AdvisorySeverity = 'critical' | 'warning' | 'note';

/** A known fault of some releases of Harbor. */
export interface Advisory {
  /** Stable kebab-case id. */
  readonly id: string;
  /** Releases as a range of semver. */
  readonly affects: string;
  readonly severity: AdvisorySeverity;
  /** Absent: it matters to every declaration. */
  readonly when?: Condition;
  /** What goes wrong, as a sentence without its full stop. */
  readonly breaks: string;
  /** What helps as long as the release is not changed. */
  readonly instead?: string;
  /** Issue, commit or file of Harbor; `measured` was seen on a running Harbor. */
  readonly source: string;
  /** The first release without it. Absent: none yet. */
  readonly fixedIn?: string;
}

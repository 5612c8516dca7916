import type { Position } from '../diagnostic';

/** One declared object, as an advisory sees it. */
export interface DeclaredPart {
  readonly kind: string;
  /** `registry/docker-hub` */
  readonly address: string;
  readonly spec: object;
  readonly at?: Position;
}

/** Without one an advisory is about every Harbor of the release. */
export interface Condition {
  /** What it matches, as in "a registry of type docker-hub". */
  readonly words: string;
  /** The matching objects; empty if the advisory does not apply. Pure. */
  readonly among: (parts: readonly DeclaredPart[]) => readonly DeclaredPart[];
}

/**
 * `critical`: the deployment does not serve its purpose, so a new deployment is refused. `warning`: a declared object
 * misbehaves or is exposed. `note`: useful to know when something looks odd.
 */
export type AdvisorySeverity = 'critical' | 'warning' | 'note';

/** A known fault of some Harbor releases. */
export interface Advisory {
  /** Stable kebab-case id. */
  readonly id: string;
  /** Releases as a range of semver. */
  readonly affects: string;
  readonly severity: AdvisorySeverity;
  /** Absent: it applies to every declaration. */
  readonly when?: Condition;
  /** The problem, as a sentence without its full stop. */
  readonly breaks: string;
  /** A workaround for the affected releases. */
  readonly instead?: string;
  /** Issue, commit or file of Harbor; `measured` was seen on a running Harbor. */
  readonly source: string;
  /** The first release without it. Absent: not fixed yet. */
  readonly fixedIn?: string;
}

import type { CheckContext, PullContext } from './context';
import type { Outcome } from './outcome';
import type { SharedImages } from './pulled';
import type { ProjectTarget } from './target';

/**
 * When a check runs within its project: `front` never reaches the upstream, `cold` is the first pull, `serving` checks
 * what is served afterwards, `situation` simulates events at an upstream. `outage` comes last: Harbor may notice it,
 * and then serves from its cache alone until its next check five minutes later.
 */
export type Phase = 'front' | 'cold' | 'serving' | 'situation' | 'outage';

/** In the order in which they run within a project. */
export const PHASES: readonly Phase[] = ['front', 'cold', 'serving', 'situation', 'outage'];

/**
 * What users read before they run a check. Every text is plain and complete, because the reference page and `conform
 * --list` show it as it is.
 */
export interface CheckDescription {
  readonly id: string;
  readonly title: string;
  /** What is true when it passes. */
  readonly proves: string;
  /** Why it exists: the incidents it would have found, with references. */
  readonly why: string;
  /** How it can pass or fail wrongly. */
  readonly limits: string;
  /** Its cost for the upstream, for users who pay per request. */
  readonly upstreamCost: string;
  /** GETs of each manifest that is not cached, which upstreams count. Absent: none, or only HEAD. */
  readonly upstreamPulls?: number;
  /** Different expectations for versions of Harbor; absent: the same for all. */
  readonly versions?: string;
  /** Tries to write: only with the robot that is declared for it. */
  readonly writes?: boolean;
  readonly phase: Phase;
}

/** Checks of one project run one after the other, so an image that one of them pulled is there for the next. */
export interface ProjectContext extends PullContext {
  readonly images: SharedImages;
}

/** Runs once per run, against the front door. */
export interface HostCheck extends CheckDescription {
  readonly scope: 'host';
  run(context: CheckContext): Promise<Outcome>;
}

/** Runs once per project. */
export interface ProjectCheck extends CheckDescription {
  readonly scope: 'project';
  /** What it pulls, if that differs from the images of every check; a pull in another project does not replace it. */
  readonly pulls?: (project: ProjectTarget) => readonly string[];
  run(context: ProjectContext): Promise<Outcome>;
}

/** `scope` decides which context it gets. */
export type Check = HostCheck | ProjectCheck;

import type { ImageCache } from '../pull/image-cache';
import type { CheckContext, PullContext } from './context';
import type { Outcome } from './outcome';
import type { ProjectTarget } from './target';

/**
 * When a check runs within its project: `front` never reaches the upstream, `cold` is the first pull, `serving`
 * looks at what is served afterwards, `situation` plays through what happens to an upstream. `outage` comes last:
 * Harbor may notice it, and then serves from its cache alone until it looks again five minutes later.
 */
export type Phase = 'front' | 'cold' | 'serving' | 'situation' | 'outage';

export const PHASES: readonly Phase[] = ['front', 'cold', 'serving', 'situation', 'outage'];

export interface CheckDescription {
  readonly id: string;
  readonly title: string;
  /** What is true when it passes. */
  readonly proves: string;
  /** Why it exists: who was hurt, and where that is written down. */
  readonly why: string;
  /** How it can pass or fail wrongly. */
  readonly limits: string;
  /** What it costs the upstream, for those who pay by the request. */
  readonly upstreamCost: string;
  /** GETs of each manifest that is not cached: what upstreams count. Absent: none, or only HEAD. */
  readonly upstreamPulls?: number;
  /** Where Harbors of several versions are held to different things; absent: all are held to the same. */
  readonly versions?: string;
  /** Tries to write: runs only as the robot that is declared for it. */
  readonly writes?: boolean;
  readonly phase: Phase;
}

export interface ProjectContext extends PullContext {
  readonly images: ImageCache;
}

/** Runs once a run, against the front door. */
export interface HostCheck extends CheckDescription {
  readonly scope: 'host';
  run(context: CheckContext): Promise<Outcome>;
}

/** Runs once for every project. */
export interface ProjectCheck extends CheckDescription {
  readonly scope: 'project';
  /** What it pulls where that is not what the project declares for every check; another project's pull proves none of it. */
  readonly pulls?: (project: ProjectTarget) => readonly string[];
  run(context: ProjectContext): Promise<Outcome>;
}

export type Check = HostCheck | ProjectCheck;

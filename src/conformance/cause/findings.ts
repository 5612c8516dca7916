import type { HarborState, ProjectAnswer, RobotAnswer } from '../harbor-api';
import type { Problem } from '../model/problem';
import type { CheckResult } from '../model/result';
import type { ProjectTarget } from '../model/target';
import type { OriginFinding, OriginManifest } from './ask-origin';
import type { Symptom } from './symptom';
import type { Reach } from './upstream-probes';

/** One thing that is wrong in a result: a result may show several. */
export interface Failure {
  readonly result: CheckResult;
  readonly problem?: Problem;
  readonly symptom?: Symptom;
}

/** What a robot is worth: the answer to a token request without a scope, and what Harbor has of it. */
export interface RobotFinding {
  readonly status: number;
  readonly harbor: RobotAnswer;
}

/** What probes found out after something had failed. Absent is not known. */
export interface Findings {
  /** Host of Harbor. */
  readonly host: string;
  /** As declared; absent where the failure is of no project. */
  readonly project?: ProjectTarget;
  /** The project as Harbor has it. */
  readonly live?: ProjectAnswer;
  /** Host of the upstream, such as `quay.io`. */
  readonly upstream?: string;
  /** The upstream, asked by this machine for the image that failed, with the declared credential where there is one. */
  readonly origin?: OriginFinding;
  /** The blob that came wrong, read from the upstream by this machine. */
  readonly originBlob?: 'right' | 'wrong';
  /** `healthy` or `unhealthy`: what Harbor believes. */
  readonly registryStatus?: string;
  /** Whether Harbor reaches the upstream now, with what it has stored; `silent` where it was still trying after ten seconds. */
  readonly reaches?: boolean | 'silent';
  /** The status of the pull that failed, tried once more; `silent` where Harbor gave no response in time. */
  readonly again?: number | 'silent';
  /** Whether that answer was one of a registry: an image, or an error with a body as registries have it. */
  readonly isOfRegistry?: boolean;
  /** Seconds by which clocks of upstreams are ahead of this machine's: the other clocks that it can see. */
  readonly upstreamSkews?: readonly number[];
  /** The manifest that came wrong, read from the upstream by this machine. */
  readonly originManifest?: OriginManifest;
  /** Whether the project has a scanner. */
  readonly hasScanner?: boolean;
  readonly quota?: { readonly hardBytes: number; readonly usedBytes: number };
  /** By user name. */
  readonly robots?: Readonly<Record<string, RobotFinding>>;
  /** Harbor's own words for a refusal by policy. */
  readonly policyWords?: string;
  readonly harbor?: HarborState;
  /** Of this machine to all upstreams that were asked. */
  readonly reach?: Reach;
  /** Of the projects whose caching was looked at: how many did not store, and how many did in this run. */
  readonly storing?: { readonly failed: number; readonly fresh: number };
  /** Everything that checks found wrong with this project, and with the front door. */
  readonly problems: readonly Problem[];
}

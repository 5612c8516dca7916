import type { HarborState, ProjectAnswer, RobotAnswer } from '../harbor-api';
import type { Problem } from '../model/problem';
import type { CheckResult } from '../model/result';
import type { ProjectTarget } from '../model/target';
import type { RegistryDifference } from '../support/registry-drift';
import type { OriginBlob, OriginFinding, OriginManifest } from '../support/ask-origin';
import type { BlobAgain } from './pull-again';
import type { Symptom } from './symptom';
import type { Reach } from './upstream-probes';

/** One problem in a result: a result may have several. */
export interface Failure {
  readonly result: CheckResult;
  readonly problem?: Problem;
  readonly symptom?: Symptom;
}

/** The state of a robot: the response to a token request without a scope, and Harbor's record of it. */
export interface RobotFinding {
  readonly status: number;
  /** False if something in front of Harbor refused. */
  readonly isHarbors?: boolean;
  readonly harbor: RobotAnswer;
}

/** What probes found out after a failure. Absent means unknown. */
export interface Findings {
  /** Host of Harbor. */
  readonly host: string;
  /** As declared; absent if the failure belongs to no project. */
  readonly project?: ProjectTarget;
  /** The project in Harbor. */
  readonly live?: ProjectAnswer;
  /** Host of the upstream, such as `quay.io`. */
  readonly upstream?: string;
  /**
   * The upstream's response to this machine for the image that failed, with the declared credential if there is one.
   */
  readonly origin?: OriginFinding;
  /** The blob that came wrong or not at all, read from the upstream by this machine. */
  readonly originBlob?: OriginBlob;
  /** The blob that did not come, requested from Harbor once more. */
  readonly blobAgain?: BlobAgain;
  /** Where the pull that failed is redirected, in place of an answer. */
  readonly redirect?: string;
  /** In what the registry in Harbor differs from the declaration. */
  readonly drift?: readonly RegistryDifference[];
  /** `healthy` or `unhealthy`: Harbor's view. */
  readonly registryStatus?: string;
  /**
   * Whether Harbor reaches the upstream now, with its stored settings; `silent` if it had not finished after ten
   * seconds.
   */
  readonly reaches?: boolean | 'silent';
  /** The status of the failed pull when repeated; `silent` if Harbor did not respond in time. */
  readonly again?: number | 'silent';
  /** Whether that response came from a registry: an image, or a registry error body. */
  readonly isOfRegistry?: boolean;
  /** That response is one to HEAD; GET works. */
  readonly isOfHead?: boolean;
  /** Seconds by which clocks of upstreams are ahead of this machine's: the only other visible clocks. */
  readonly upstreamSkews?: readonly number[];
  /** The wrong manifest, read from the upstream by this machine. */
  readonly originManifest?: OriginManifest;
  /** Whether the project has a scanner. */
  readonly hasScanner?: boolean;
  readonly quota?: { readonly hardBytes: number; readonly usedBytes: number };
  /** By user name. */
  readonly robots?: Readonly<Record<string, RobotFinding>>;
  /** Harbor's own message for a refusal by policy. */
  readonly policyWords?: string;
  readonly harbor?: HarborState;
  /** From this machine to all upstreams that were contacted. */
  readonly reach?: Reach;
  /** Of the projects whose caching was checked: how many did not cache, and how many did in this run. */
  readonly storing?: { readonly failed: number; readonly fresh: number };
  /** Everything that checks found wrong with this project and with the front door. */
  readonly problems: readonly Problem[];
}

import type { CveAllowlist } from './cve-allowlist';
import type { ProjectMetadata } from './project-metadata';

/**
 * Without `registry` it is an ordinary project. Metadata keys are next to the name, not below a key of their
 * own.
 */
export interface ProjectSpec extends ProjectMetadata {
  readonly name: string;
  /** Name of the upstream endpoint; absent on an ordinary project. */
  readonly registry?: string;
  /** Used if `reuse_sys_cve_allowlist` is false. */
  readonly cve_allowlist?: CveAllowlist;
}

import type { CveAllowlist } from './cve-allowlist';
import type { ProjectMetadata } from './project-metadata';

export interface ProjectSpec extends ProjectMetadata {
  readonly name: string;
  /** Name of the upstream endpoint; absent on an ordinary project. */
  readonly registry?: string;
  /** Used if `reuse_sys_cve_allowlist` is false. */
  readonly cve_allowlist?: CveAllowlist;
}

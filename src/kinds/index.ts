import { configuration } from './configuration';
import { gcSchedule } from './gc-schedule';
import { immutableTagRule } from './immutable-tag-rule';
import { cveAllowlist } from './cve-allowlist';
import type { AnyKind } from './kind';
import { label } from './label';
import { preheatInstance } from './preheat-instance';
import { preheatPolicy } from './preheat-policy';
import { project } from './project';
import { projectMember } from './project-member';
import { projectScanner } from './project-scanner';
import { purgeAuditSchedule } from './purge-audit-schedule';
import { quota } from './quota';
import { registry } from './registry';
import { replicationPolicy } from './replication-policy';
import { retention } from './retention';
import { robot } from './robot';
import { scanAllSchedule } from './scan-all-schedule';
import { scanner } from './scanner';
import { user } from './user';
import { userGroup } from './user-group';
import { webhook } from './webhook';

// Fields of declared objects that are used outside of their kinds: renaming one breaks the build there.
export type { ProjectSpec } from './support/project-spec';
export type { QuotaSpec } from './quota';
export type { RobotSpec } from './support/robot-spec';
export type { ConfigurationName } from './support/configuration-keys';
export type { RegistrySpec } from './support/registry-spec';

/**
 * Every kind: the only registration.
 * The order here is not the order of changes: that comes from `dependsOn` and from references (plan/order.ts).
 */
export const kinds: readonly AnyKind[] = [
  configuration,
  cveAllowlist,
  registry,
  user,
  userGroup,
  project,
  quota,
  retention,
  projectMember,
  robot,
  label,
  immutableTagRule,
  webhook,
  replicationPolicy,
  preheatInstance,
  preheatPolicy,
  gcSchedule,
  purgeAuditSchedule,
  scanAllSchedule,
  scanner,
  projectScanner,
];

export { addressOf } from './kind';

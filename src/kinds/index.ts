import { configuration } from './configuration';
import { immutableTagRule } from './immutable-tag-rule';
import type { AnyKind } from './kind';
import { label } from './label';
import { project } from './project';
import { projectMember } from './project-member';
import { quota } from './quota';
import { registry } from './registry';
import { replicationPolicy } from './replication-policy';
import { retention } from './retention';
import { robot } from './robot';
import { userGroup } from './user-group';

/** Every kind there is: the only registration. */
export const kinds: readonly AnyKind[] = [
  configuration,
  registry,
  userGroup,
  project,
  quota,
  retention,
  projectMember,
  robot,
  label,
  immutableTagRule,
  replicationPolicy,
];

export { addressOf } from './kind';

import type { AnyKind } from './kind';
import { project } from './project';
import { projectMember } from './project-member';
import { quota } from './quota';
import { registry } from './registry';
import { userGroup } from './user-group';

/** Every kind there is: the only registration. */
export const kinds: readonly AnyKind[] = [registry, project, quota, userGroup, projectMember];

export { addressOf } from './kind';

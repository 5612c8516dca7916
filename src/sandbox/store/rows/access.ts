import type { Row } from '../table';
import type { Time, Timed } from './common';

/** A password or a robot's secret, salted and hashed: a data directory contains no credential in clear text. */
export interface SecretHash {
  readonly salt: string;
  readonly hash: string;
}

/** Names are unique. The id 1 is the administrator of the installation. */
export interface UserRow extends Row, Timed {
  readonly username: string;
  readonly email: string;
  readonly realname: string;
  readonly comment: string;
  readonly sysadmin: boolean;
  readonly password: SecretHash;
}

/** `effect` is stored as sent; `deny` is the only value that changes something. */
export interface Access {
  readonly resource: string;
  readonly action: string;
  readonly effect?: string;
}

/** `kind` is `system` or `project`. */
export interface RobotPermission {
  readonly kind: string;
  /** `/`, `*` or the name of a project. */
  readonly namespace: string;
  readonly access: readonly Access[];
}

/** Names are unique, with the project in them. */
export interface RobotRow extends Row, Timed {
  /** Without the prefix: `ci` for a system robot, `project+ci` for a project's. */
  readonly name: string;
  readonly level: 'system' | 'project';
  /** 0 for a system robot. */
  readonly projectId: number;
  readonly description: string;
  /** Days, -1 is forever. */
  readonly duration: number;
  readonly disabled: boolean;
  /** Unix seconds, -1 is never. */
  readonly expiresAt: number;
  readonly permissions: readonly RobotPermission[];
  readonly creatorType: 'local' | 'robot';
  /** Id of the user or of the robot that created it. */
  readonly creatorRef: number;
  readonly secret: SecretHash;
}

/** A user (`u`) or a group (`g`) with one role. The same entity is in a project once. */
export interface MemberRow extends Row, Timed {
  readonly projectId: number;
  readonly entityType: 'u' | 'g';
  /** Id of a user or of a group. */
  readonly entityId: number;
  readonly roleId: number;
}

/** `ldapGroupDn` is empty for other types; in lower case. */
export interface UserGroupRow extends Row, Timed {
  readonly name: string;
  /** 1 LDAP, 2 HTTP, 3 OIDC. */
  readonly type: number;
  readonly ldapGroupDn: string;
}

/** An action and its user: Harbor's extended audit log. */
export interface AuditLogRow extends Row {
  /** 0 for an action that belongs to no project. */
  readonly projectId: number;
  readonly username: string;
  readonly resource: string;
  readonly resourceType: 'project' | 'member' | 'user' | 'robot' | 'configuration' | 'repository' | 'artifact' | 'tag';
  readonly operation: 'create' | 'update' | 'delete' | 'pull' | 'login' | 'logout';
  readonly operationDescription: string;
  readonly successful: boolean;
  readonly opTime: Time;
}

/** A login of the portal. It never expires here. */
export interface SessionRow extends Row {
  readonly sid: string;
  readonly userId: number;
}

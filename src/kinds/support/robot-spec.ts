import type { SecretReference } from '../../secret-reference';

/** An absent field is unmanaged: what Harbor has is kept. */
export interface RobotPermissions {
  /** `resource:action`, sorted. */
  readonly access?: readonly string[];
  /** Of the system itself, in the same form. */
  readonly system?: readonly string[];
  /** By the name of the project; `*` is every project. */
  readonly projects?: Readonly<Record<string, readonly string[]>>;
}

/** Where a generated secret is written. `name` is used by `kubernetes-secret` only. */
export interface SecretTarget {
  readonly file: string;
  readonly as: 'plain' | 'dockerconfigjson' | 'kubernetes-secret';
  readonly name?: string;
}

/**
 * With `project` it is a robot of that project, which has `access`; without, it is a system robot, which has `system`
 * and `projects`.
 */
export interface RobotSpec extends RobotPermissions {
  readonly name: string;
  readonly project?: string;
  readonly description?: string;
  /** Days from creation; -1 never expires. */
  readonly duration?: number;
  readonly disable?: boolean;
  /** Exactly one of this and `secret_to` is declared. */
  readonly secret?: SecretReference;
  readonly secret_to?: SecretTarget;
}

import type { SecretReference } from '../../secret-reference';

/** An absent field is unmanaged: what Harbor has is kept. */
export interface RobotPermissions {
  /** `resource:action`, sorted. */
  readonly access?: readonly string[];
  readonly system?: readonly string[];
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
  readonly secret?: SecretReference;
  readonly secret_to?: SecretTarget;
}

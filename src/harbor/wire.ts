/**
 * What Harbor's API v2.0 sends and takes, where more than one kind or this client reads it; what one kind reads stands
 * in the kind. Scalars that are zero, empty or false
 * are omitted from answers (go-swagger's `omitempty`, docs/harbor-behavior.md 1.2), hence the many optional fields.
 */

export interface CredentialWire {
  readonly type?: string;
  readonly access_key?: string;
  /** `*****` in answers when one is stored; never the secret. */
  readonly access_secret?: string;
}

export interface RegistryWire {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly description?: string;
  readonly insecure?: boolean;
  readonly ca_certificate?: string;
  /** `{}` where there is none. */
  readonly credential?: CredentialWire;
  /** `healthy` or `unhealthy`, re-checked by Harbor every five minutes. */
  readonly status?: string;
}

export interface CveAllowlistWire {
  readonly items: readonly { readonly cve_id: string }[] | null;
  /** Unix seconds; absent is never. */
  readonly expires_at?: number;
}

export interface ProjectWire {
  readonly project_id: number;
  readonly name: string;
  readonly owner_name?: string;
  /** Only on a proxy cache project. */
  readonly registry_id?: number;
  readonly repo_count: number;
  /** Every value is a string, booleans and numbers too. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly cve_allowlist?: CveAllowlistWire;
}

export interface RobotAccessWire {
  readonly resource: string;
  readonly action: string;
  readonly effect?: string;
}

export interface RobotPermissionWire {
  readonly kind: string;
  readonly namespace: string;
  readonly access: readonly RobotAccessWire[] | null;
}

export interface RobotWire {
  readonly id: number;
  /** In full: `robot$gitops`, `robot$proxy.docker.io+puller`. */
  readonly name: string;
  readonly description?: string;
  readonly level: string;
  /** Days from creation; -1 never ends. */
  readonly duration: number;
  readonly disable: boolean;
  readonly editable: boolean;
  /** Unix seconds; -1 never. */
  readonly expires_at?: number;
  readonly permissions: readonly RobotPermissionWire[] | null;
}

/** `GET /users/current`: 412 for a robot, 401 for anyone who is not logged in. */
export interface CurrentUserWire {
  readonly user_id: number;
  readonly username: string;
  readonly sysadmin_flag: boolean;
  /** Administrator by a group of the identity provider. */
  readonly admin_role_in_auth: boolean;
}

/** `GET /systeminfo`. The anonymous are told only `auth_mode`. */
export interface SystemInfoWire {
  readonly auth_mode?: string;
  /** With the commit behind it: `v2.15.2-1a2b3c4d`. */
  readonly harbor_version?: string;
  readonly external_url?: string;
  readonly project_creation_restriction?: string;
  readonly read_only?: boolean;
}

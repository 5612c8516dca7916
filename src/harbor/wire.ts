/**
 * Requests and responses of Harbor's API v2.0 that more than one kind or this client uses; those of one kind are in the
 * kind. Scalars that are zero, empty or false are omitted from responses (go-swagger's `omitempty`,
 * docs/harbor-behavior.md 1.2), hence the many optional fields.
 */

export interface CredentialWire {
  readonly type?: string;
  readonly access_key?: string;
  /** `*****` in responses if one is stored; never the secret. */
  readonly access_secret?: string;
}

/** An endpoint of another registry, for proxy caches and replications. */
export interface RegistryWire {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly description?: string;
  readonly insecure?: boolean;
  readonly ca_certificate?: string;
  /** `{}` if there is none. */
  readonly credential?: CredentialWire;
  /** `healthy` or `unhealthy`, updated by Harbor every five minutes. */
  readonly status?: string;
}

/** The same form for the system and in a project. */
export interface CveAllowlistWire {
  readonly items: readonly { readonly cve_id: string }[] | null;
  /** Unix seconds; absent means never. */
  readonly expires_at?: number;
}

/** As listed, and as read by name. */
export interface ProjectWire {
  readonly project_id: number;
  readonly name: string;
  readonly owner_name?: string;
  /** Only on a proxy cache project. */
  readonly registry_id?: number;
  readonly repo_count: number;
  /** Every value is a string, also booleans and numbers. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly cve_allowlist?: CveAllowlistWire;
}

/** `effect` is not used here. */
export interface RobotAccessWire {
  readonly resource: string;
  readonly action: string;
  readonly effect?: string;
}

/** `kind` is `system` with the namespace `/`, or `project` with a name or `*`. */
export interface RobotPermissionWire {
  readonly kind: string;
  readonly namespace: string;
  readonly access: readonly RobotAccessWire[] | null;
}

/** Without its secret, which Harbor returns only when it generates one. */
export interface RobotWire {
  readonly id: number;
  /** Full name: `robot$gitops`, `robot$proxy.docker.io+puller`. */
  readonly name: string;
  readonly description?: string;
  readonly level: string;
  /** Days from creation; -1 never expires. */
  readonly duration: number;
  readonly disable: boolean;
  readonly editable: boolean;
  /** Unix seconds; -1 never. */
  readonly expires_at?: number;
  readonly permissions: readonly RobotPermissionWire[] | null;
}

/** `GET /users/current`: 412 for a robot, 401 without a valid login. */
export interface CurrentUserWire {
  readonly user_id: number;
  readonly username: string;
  readonly sysadmin_flag: boolean;
  /** Administrator because of a group of the identity provider. */
  readonly admin_role_in_auth: boolean;
}

/** `GET /systeminfo`. Anonymous callers only get `auth_mode`. */
export interface SystemInfoWire {
  readonly auth_mode?: string;
  /** Including the commit: `v2.15.2-1a2b3c4d`. */
  readonly harbor_version?: string;
  readonly external_url?: string;
  readonly project_creation_restriction?: string;
  readonly read_only?: boolean;
}

import type { SecretReference } from '../../secret-reference';

/** An `access_key` of '' means no account. `access_secret` is a reference and is never compared. */
export interface RegistryCredential {
  /** Default: `basic`. */
  readonly type?: string;
  readonly access_key?: string;
  readonly access_secret?: SecretReference;
}

/** An upstream endpoint. `url` is as Harbor stores it, see `storedUrl`. */
export interface RegistrySpec {
  readonly name: string;
  /** It cannot be changed (docs/harbor-behavior.md 4.1). */
  readonly type: string;
  readonly url?: string;
  readonly description?: string;
  readonly insecure?: boolean;
  /** PEM, without white space around it. */
  readonly ca_certificate?: string;
  readonly credential?: RegistryCredential;
}

import type { WriteContext } from './io';

/** A field that Harbor never returns, so a diff cannot compare it. */
export interface WriteOnly {
  /** Dotted, below the spec: `credential.access_secret`. */
  readonly field: string;
  /**
   * It is written whenever one of these changes, whatever a test says: otherwise Harbor would clear it or use it for
   * the wrong target.
   */
  readonly with: readonly string[];
  readonly why: string;
  /**
   * Whether `proveSecret` can test it: `always` if the test costs Harbor one call, `on-request` if Harbor then logs in
   * to another system.
   */
  readonly provable?: 'always' | 'on-request';
  /** Each write generates a new secret, which is stored in the `file` of the field: it is only written on request. */
  readonly generated?: boolean;
  /** What users of the old value have to do once a new one is written. */
  readonly afterWrite?: string;
}

/** What a test of a secret may use: requests, the declared secret, and a login with any account. */
export interface ProofContext extends Pick<WriteContext, 'client' | 'secret'> {
  /** Whether Harbor gives this account a token, requested without a scope: with a scope it gives one to everybody. */
  accepts(username: string, secret: string): Promise<boolean>;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** The result of a test of a secret that Harbor never returns. Only `dead` is a reason to write it again. */
export type SecretProof =
  /** The stored one works. Whether it equals the declared one is unknown. */
  | { readonly outcome: 'works' }
  /** Harbor holds the declared one. */
  | { readonly outcome: 'same' }
  | { readonly outcome: 'dead'; readonly why: string }
  | {
      readonly outcome: 'unverifiable';
      /** In words, without the secret: `the upstream accepts neither the stored nor the declared secret`. */
      readonly reason: string;
      /** It was tested, and no known secret works: a failed test, not a missing one. */
      readonly broken?: boolean;
    };

import type { WriteContext } from './io';

/** A field that Harbor never returns, so that a diff cannot compare it. */
export interface WriteOnly {
  /** Dotted, below the spec: `credential.access_secret`. */
  readonly field: string;
  /** It is written whenever one of these changes, whatever a proof says: Harbor would clear or mix up what it holds. */
  readonly with: readonly string[];
  readonly why: string;
  /**
   * `proveSecret` can tell about it: `always` where asking costs Harbor one call, `on-request` where Harbor then
   * logs in somewhere else.
   */
  readonly provable?: 'always' | 'on-request';
  /** Each write makes a new secret, which goes to the `file` of the field: it is never written along with others. */
  readonly generated?: boolean;
  /** What anyone who uses the old value has to do once a new one is written. */
  readonly afterWrite?: string;
}

export interface ProofContext extends Pick<WriteContext, 'client' | 'secret'> {
  /** Whether Harbor gives this account a token, asked without scope: with one it answers anybody. */
  accepts(username: string, secret: string): Promise<boolean>;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** The result of a test of a secret that Harbor never returns. Only `dead` is a reason to write it again. */
export type SecretProof =
  /** The stored one is alive. Whether it is the declared one is not known. */
  | { readonly outcome: 'works' }
  /** Harbor holds the declared one. */
  | { readonly outcome: 'same' }
  | { readonly outcome: 'dead'; readonly why: string }
  | {
      readonly outcome: 'unverifiable';
      /** In words, without the secret: `the upstream answers neither the stored nor the declared one`. */
      readonly reason: string;
      /** It was asked, and nothing that is known here works: a proof that failed, not one that could not be had. */
      readonly broken?: boolean;
    };

import type { Diagnostic, Refusal } from './diagnostic';

/** What failed, on which object, where. `code` is stable and safe to branch on; `message` is for people. */
export abstract class BreakwaterError extends Error {
  abstract readonly code: string;
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The declared files cannot be used. Contains every finding, not only the first. */
export class DeclarationError extends BreakwaterError {
  readonly code = 'DECLARATION';
  constructor(
    message: string,
    readonly diagnostics: readonly Diagnostic[],
    /** True if the findings were already printed with their lines, or are part of the message. */
    readonly isTold = false,
  ) {
    super(message);
  }
}

/** By what a person has to do: set a variable, make a file readable, change its mode, or look at a command. */
export type SecretErrorCode = 'SECRET_UNSET' | 'SECRET_UNREADABLE' | 'SECRET_PERMISSIONS' | 'SECRET_COMMAND';

/** A secret reference could not be resolved. The message names the reference, never a value. */
export class SecretError extends BreakwaterError {
  constructor(
    message: string,
    readonly code: SecretErrorCode,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** For programs and for the journal. */
export interface HarborApiErrorDetails {
  readonly method: string;
  /** Query values and user info redacted. */
  readonly url: string;
  readonly status: number;
  /** Harbor's own error code, such as `CONFLICT`; absent if the body was not Harbor's JSON. */
  readonly harborCode?: string;
  readonly harborMessage?: string;
  readonly requestId?: string;
}

/** Harbor or its proxy is busy or restarting. */
export const BUSY_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Harbor responded, but the response is not a success or not usable (HTML, truncated or oversized JSON). */
export class HarborApiError extends BreakwaterError {
  readonly code = 'HARBOR_API';
  constructor(
    message: string,
    readonly details: HarborApiErrorDetails,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
  get status(): number {
    return this.details.status;
  }

  /** The error has Harbor's form. One without it comes from a proxy in front, and says nothing about what was asked. */
  get isHarbors(): boolean {
    return this.details.harborCode !== undefined;
  }

  /** Harbor may have applied it: it failed on the way, or its response was not usable. */
  get sent(): 'never' | 'maybe' {
    return this.status >= 500 || this.status < 300 ? 'maybe' : 'never';
  }

  /** Another attempt may succeed. */
  get temporary(): boolean {
    return BUSY_STATUS.has(this.status);
  }
}

/** What happened on the way, see `toNetworkError`. */
export type NetworkErrorCode =
  | 'NETWORK_REFUSED'
  | 'NETWORK_DNS'
  | 'NETWORK_TLS'
  | 'NETWORK_TIMEOUT'
  | 'NETWORK_RESET'
  | 'NETWORK_BODY_LIMIT'
  | 'NETWORK_REDIRECT'
  | 'NETWORK_ABORTED'
  | 'NETWORK_OTHER';

/** With these codes no byte of the request was sent. A stopped run waits for writes that were sent. */
const NEVER_SENT: ReadonlySet<NetworkErrorCode> = new Set([
  'NETWORK_REFUSED',
  'NETWORK_DNS',
  'NETWORK_TLS',
  'NETWORK_ABORTED',
]);
const TEMPORARY: ReadonlySet<NetworkErrorCode> = new Set([
  'NETWORK_REFUSED',
  'NETWORK_DNS',
  'NETWORK_TIMEOUT',
  'NETWORK_RESET',
]);

/** There was no usable response. `url` is redacted; `hint` says what to try. */
export class NetworkError extends BreakwaterError {
  /** Whether the request may have reached the server, and may have been applied. */
  readonly sent: 'never' | 'maybe';
  constructor(
    message: string,
    readonly code: NetworkErrorCode,
    readonly url: string,
    readonly hint?: string,
    { sent, ...options }: { cause?: unknown; sent?: 'never' | 'maybe' } = {},
  ) {
    super(message, options);
    this.sent = sent ?? (NEVER_SENT.has(code) ? 'never' : 'maybe');
  }

  /** Another attempt may succeed. */
  get temporary(): boolean {
    return TEMPORARY.has(this.code);
  }
}

/** The credential does not work, or lacks a permission. */
export class IdentityError extends BreakwaterError {
  readonly code = 'IDENTITY';
  constructor(
    message: string,
    readonly hint?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** A saved plan no longer matches the declaration, the tool, the target or the live object. Exit code 3. */
export class StalePlanError extends BreakwaterError {
  readonly code = 'PLAN_STALE';
}

/** The guard refused a plan. Exit code 6. */
export class PlanRefusedError extends BreakwaterError {
  readonly code = 'PLAN_REFUSED';
  constructor(
    message: string,
    readonly refusals: readonly Refusal[],
  ) {
    super(message);
  }
}

/** The effect of a plan breaks rules without a waiver. Exit code 4. */
export class PolicyViolationError extends BreakwaterError {
  readonly code = 'POLICY_VIOLATION';
  constructor(
    message: string,
    readonly findings: readonly (Refusal & { readonly address: string })[],
  ) {
    super(message);
  }
}

/** One change could not be made, or Harbor accepted but did not apply it. */
export class ApplyError extends BreakwaterError {
  readonly code = 'APPLY';
  constructor(
    message: string,
    readonly address: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** A canary has an invalid configuration, or refuses a command. */
export class CanaryError extends BreakwaterError {
  readonly code = 'CANARY';
}

/** A file cannot be rewritten, or what was rewritten cannot be undone. */
export class InventoryError extends BreakwaterError {
  readonly code = 'INVENTORY';
}

/** The command line, or a file that it names, requests something impossible. */
export class UsageError extends BreakwaterError {
  readonly code = 'USAGE';
  constructor(
    message: string,
    readonly hint?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

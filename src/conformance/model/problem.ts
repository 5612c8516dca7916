import { compact } from '../../compact';
/** A problem that a check found, for programs: causes are derived from these and from requests, never from messages. */
export const PROBLEM_KINDS = [
  'anonymous-pull',
  'anonymous-refused',
  'anonymous-write',
  'push-accepted',
  'delete-accepted',
  'any-secret-accepted',
  'any-token-accepted',
  'opens-other-projects',
  'undeclared-right',
  'missing-right',
  'dead-credential',
  'robot-expired',
  'robot-expires',
  'robot-disabled',
  'certificate-expired',
  'certificate-expires',
  'certificate-name',
  'certificate-chain',
  'certificate-not-yet',
  'certificate-default',
  'tls-version',
  'clock-skew',
  'foreign-realm',
  'page',
  'unavailable',
  'redirect',
  'limited',
  'not-routed',
  'front-login',
  'no-token',
  'project-missing',
  'setting',
  'quota-differs',
  'quota-full',
  'not-stored',
  'registry-unhealthy',
  'registry-differs',
  'login-refused',
  'login-wanted',
  'not-a-manifest',
  'missing-platform',
  'stale',
  'wrong-bytes',
  'short-bytes',
  'wrong-manifest',
  'digest-differs',
  'clients-differ',
  'client-refused',
  'image-malformed',
  'headers-changed',
  'error-page',
  'redirect-elsewhere',
  'referrers-hidden',
  'signature-missing',
  'ranges',
  'slow',
  'not-listed',
  'policy-open',
  'first-pull-served',
  'not-scanned',
  'unscanned-refused',
  'scan-failed',
  'egress-open',
  'mirror-page',
  'mirror-answer',
  'mirror-login',
  'mirror-other-image',
  'mirror-elsewhere',
  'ns-ignored',
] as const;

/** Stable, for programs. A new kind needs a rule in `cause/rules/`, otherwise its cause stays undetermined. */
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** One fact that a check found to be wrong, without words: the words are in the message. */
export interface Problem {
  readonly kind: ProblemKind;
  /** Its subject: the name of a robot, a setting, a digest, a platform. */
  readonly subject?: string;
  /** The observed value: a date, a size in bytes, a value. */
  readonly value?: string;
}

/** Absent parts are left out, so that equal problems are equal as JSON. */
export function problem(kind: ProblemKind, subject?: string, value?: string): Problem {
  return compact({ kind, subject, value });
}

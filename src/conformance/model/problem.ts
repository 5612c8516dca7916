import { compact } from '../../compact';
/**
 * A problem that a check found, for programs: causes are derived from these and from requests, never from messages.
 * What `subject` and `value` are depends on the kind; a dash means that the part is absent:
 *
 *       kind                          found by       subject                   value
 *       anonymous-pull                A1 A2 A3       -                         -
 *       anonymous-refused             A2 A3          -                         status of a pull (A3)
 *       anonymous-write               A2             -                         actions, joined by ", "
 *       push-accepted                 W1 W2          user name of the robot    -
 *       delete-accepted               W3             who could delete          -
 *       any-secret-accepted           A4             user name of the robot    -
 *       refusal-changed               A4             user name of the robot    the status for a wrong secret
 *       opens-other-projects          A5             user name of the robot    -
 *       undeclared-right              A5             user name of the robot    the action
 *       missing-right                 A5, health     user name of the robot    the action
 *       dead-credential               A4, health     user name of the robot    status of the token service
 *       robot-expired, -expires       X1             user name of the robot    the date
 *       robot-disabled                X1             user name of the robot    -
 *       certificate-expired, -expires T1             -                         the date
 *       certificate-name, -chain,     T1             -                         what is wrong
 *         -not-yet
 *       certificate-default           T1             -                         its subject
 *       tls-version                   T1             -                         such as TLSv1.1
 *       clock-skew                    T3             seconds ahead, negative   the same in words
 *                                                    if behind
 *       foreign-realm                 A1             -                         URL of the token service
 *       page                          T4 T6 A6 B      /v2/, blobs, or -         the status
 *       limited, not-routed           T4             /v2/                      the status
 *       unavailable                   T4, health     Harbor, or -              the status
 *       redirect                      T4             -                         the Location
 *       no-token                      A4 T5          Harbor or front door      the status
 *       setting, quota-differs        X1             the setting               found and declared value
 *       registry-differs              X1             the field                 found and declared value
 *       api-answer                    X1 S14         Harbor or front door      the status
 *       registry-unhealthy            X1, health     -                         status of the registry (X1)
 *       login-refused, login-wanted   X1             host of the upstream      the status
 *       quota-full                    S1 S10 S14     -                         free, total and needed bytes
 *       not-stored                    S1 S14         the image                 bytes that were pulled (S1)
 *       not-a-manifest                M1 M2 M4 M5    -                         the media type
 *       missing-platform              M5 M7 V        platforms, by ", "        -
 *       wrong-bytes                   B              digest of the blob        digest of what came
 *       short-bytes                   B              digest of the blob        "n of m" bytes
 *       wrong-manifest                M2 M3          digest of the manifest    bytes that came (M2)
 *       digest-differs                M2             digest from HEAD          digest from GET
 *       clients-differ                M4             -                         the digests, by ", "
 *       client-refused                M4             the clients, by ", "      the status for the first
 *       image-malformed               B5 B6 M7 M12   what of it is             -
 *       headers-changed               B4 M1 M2 M8    header, or request        what is wrong
 *       error-page                    M9             what was requested        the status
 *       redirect-elsewhere            B2             origin, or the Location   -
 *       referrers-hidden              M11 P          what is hidden            how many
 *       signature-missing             P              the signature             -
 *       ranges                        B3             digest of the blob        status of the first part
 *       slow                          B7             MiB/s                     ms until the first byte
 *       not-listed                    M10            the repository            the tag
 *       policy-open                   V1 V2 V5       the image                 findings of its scan; V5: the host
 *       not-scanned                   V3             the image                 status of its scan, or none
 *       unscanned-refused             V1             the image                 status of its scan, or none
 *       scan-failed                   V1 V3          the image                 Error
 *       first-pull-served             V4             the image                 -
 *       egress-open                   V5             host of the upstream      what it responds
 *       mirror-page, -answer, -login  D V5           host of the domain        the status
 *       mirror-other-image            D2             host of the domain        the digest there
 *       mirror-elsewhere              D5             host of the domain        the target
 *       ns-ignored                    D6             host of the front door    status and digest
 *
 * The rest has neither: any-token-accepted (A6), front-login (T4), project-missing (X1), stale (M6 P1). B, P and V
 * mean several checks of that letter; health is the command of that name.
 */
export const PROBLEM_KINDS = [
  'anonymous-pull',
  'anonymous-refused',
  'anonymous-write',
  'push-accepted',
  'delete-accepted',
  'any-secret-accepted',
  'refusal-changed',
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
  'api-answer',
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

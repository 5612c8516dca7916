import { flag, needed, object, optional, text, type Shape } from '../../shape';
import type { Json, JsonObject } from '../../json';
import type { SecretReference } from '../../secret-reference';
import type { Finding } from '../kind';
import { compact } from '../../compact';

/** As returned and as sent. */
export interface WebhookTargetWire {
  readonly type: string;
  readonly address: string;
  /** In clear text, also in responses. */
  readonly auth_header?: string;
  readonly skip_cert_verify?: boolean;
  /** Of type http only. */
  readonly payload_format?: string;
}

/** Type and address are the key of a target, see `targetKey`. */
export const webhookTargetShape: Shape<WebhookTargetWire> = object<WebhookTargetWire>({
  type: needed(text),
  address: needed(text),
  auth_header: optional(text),
  skip_cert_verify: optional(flag),
  payload_format: optional(text),
});

/** Where events are sent. Its secret is stored elsewhere in the spec, so that all of this can be compared. */
export interface WebhookTarget {
  readonly type: string;
  readonly address: string;
  readonly skip_cert_verify: boolean;
  /** Only for type http. */
  readonly payload_format?: string;
  /** Whether an `auth_header` is sent; a test compares its value. */
  readonly authenticated: boolean;
}

/** References to the headers, by `targetKey`. */
export type AuthHeaders = { readonly [target: string]: SecretReference };

/** Targets and their secrets, kept apart: a plan may show the first and never the second. */
export interface TargetsSpec {
  readonly targets: readonly WebhookTarget[];
  readonly auth_headers?: AuthHeaders;
}

/** What Harbor can send to. `slack` has its own form and no header. */
export const TARGET_TYPES = ['http', 'slack'] as const;
/** For `http` only. */
export const PAYLOAD_FORMATS = ['Default', 'CloudEvents'] as const;
const DEFAULT_FORMAT = 'Default';

/** In the declared form. */
export interface WrittenTarget {
  readonly type: string;
  readonly address: string;
  readonly auth_header?: SecretReference;
  readonly skip_cert_verify?: boolean;
  readonly payload_format?: string;
}

/**
 * Targets have no name. Two targets with the same type and address are a mistake, which `checkTargets` reports.
 */
export function targetKey({ type, address }: Pick<WebhookTarget, 'type' | 'address'>): string {
  return `${type} ${address}`;
}

/** Moves the headers out of the targets, where people write them. */
export function targetsFromYaml(written: readonly WrittenTarget[]): TargetsSpec {
  const held = written.flatMap((target) => (target.auth_header ? [[targetKey(target), target.auth_header]] : []));
  return compact<TargetsSpec>({
    targets: written.map(({ auth_header, ...target }) => completed(target, auth_header !== undefined)),
    auth_headers: held.length === 0 ? undefined : (Object.fromEntries(held) as AuthHeaders),
  });
}

/** `secret` creates a reference for a header that Harbor has and that is not declared yet. */
export function targetsToYaml(
  { targets, auth_headers = {} }: TargetsSpec,
  secret: (field: string) => SecretReference,
): Json[] {
  return targets.map(({ authenticated, skip_cert_verify, payload_format, ...target }, i) => {
    const header = auth_headers[targetKey(target)] ?? (authenticated ? secret(`targets.${i}.auth_header`) : undefined);
    return compact<WrittenTarget>({
      ...target,
      auth_header: header,
      skip_cert_verify: skip_cert_verify || undefined,
      payload_format: payload_format === DEFAULT_FORMAT ? undefined : payload_format,
    }) as unknown as JsonObject;
  });
}

/** Harbor returns the header in clear text (docs/harbor-behavior.md 9.5): it is not passed on. */
export function targetFromWire({ auth_header, ...target }: WebhookTargetWire): WebhookTarget {
  return completed(target, Boolean(auth_header));
}

/** An http target without a format gets a default; any other type may have none. */
function completed(target: Omit<WebhookTargetWire, 'auth_header'>, authenticated: boolean): WebhookTarget {
  const { type, address, skip_cert_verify = false } = target;
  const payload_format = target.payload_format || (type === 'http' ? DEFAULT_FORMAT : undefined);
  return compact<WebhookTarget>({ type, address, skip_cert_verify, payload_format, authenticated });
}

/** Without the header: it is added just before the request, from the declaration or from Harbor. */
export function targetToWire({ authenticated: _authenticated, ...target }: WebhookTarget): WebhookTargetWire {
  return target;
}

/** Harbor accepts all of these and then fails to send, or drops a field. */
export function checkTargets({ targets }: TargetsSpec): Finding[] {
  return targets.flatMap((target, i) => {
    const earlier = targets.slice(0, i).findIndex((other) => targetKey(other) === targetKey(target));
    const repeated = earlier < 0 ? [] : [{ field: '', message: `this target repeats targets[${earlier}]` }];
    const problems = [...repeated, ...addressProblems(target), ...slackProblems(target)];
    return problems.map(({ field, ...problem }) => ({
      rule: 'webhook-target',
      field: `targets[${i}]${field && `.${field}`}`,
      ...problem,
    }));
  });
}

type Problem = Omit<Finding, 'rule' | 'field'> & { readonly field: string };

/** Harbor accepts an address without a scheme, but cannot send to it. */
function addressProblems({ address }: WebhookTarget): Problem[] {
  const at = { field: 'address' };
  if (!/^https?:\/\/[^/?#\s]+[^\s]*$/.test(address))
    return [{ ...at, message: 'the address of a target must be http:// or https:// and a host' }];
  if (!/^https?:\/\/[^/?#]*@/.test(address)) return [];
  return [
    { ...at, message: 'an address must not contain a user or password', hint: 'declare auth_header: { env: … }' },
  ];
}

/** The second is not refused by Harbor, but has no effect. */
function slackProblems({ type, payload_format, authenticated }: WebhookTarget): Problem[] {
  if (type !== 'slack') return [];
  const refused = { field: 'payload_format', message: 'a target of type slack cannot have a payload_format (400)' };
  const ignored = {
    field: 'auth_header',
    message: 'Harbor never sends the auth_header of a slack target',
    hint: 'remove it: the address is the credential for Slack',
  };
  return [...(payload_format === undefined ? [] : [refused]), ...(authenticated ? [ignored] : [])];
}

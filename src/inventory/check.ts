import type { Status } from './cache';
import type { ImageReference } from './reference';

/** The status of references that make a check fail. Each level includes the earlier ones. */
export const FAIL_ON = ['bypass', 'needs-rewrite', 'unresolvable'] as const;
/** `bypass` is the mildest: what a rewrite could mend passes. `unresolvable` is the strictest. */
export type FailOn = (typeof FAIL_ON)[number];

/**
 *       --fail-on        bypass   needs-rewrite   unresolvable
 *       bypass           fails    -               -
 *       needs-rewrite    fails    fails           -
 *       unresolvable     fails    fails           fails
 */
function failsOn(failOn: FailOn, status: Status): boolean {
  return status !== 'covered' && FAIL_ON.indexOf(status) <= FAIL_ON.indexOf(failOn);
}

/** An exception with an owner and an expiry date. */
export interface InventoryWaiver {
  /** Exact, or with `*` for any text: `ghcr.io/acme/*`. */
  readonly image: string;
  /** Where it applies, with `*` as above; absent: everywhere. */
  readonly file?: string;
  readonly reason: string;
  readonly owner: string;
  /** `YYYY-MM-DD`, the last day. */
  readonly expires: string;
}

/** A reference that is covered is in none of these lists. */
export interface Checked {
  readonly failed: readonly ImageReference[];
  readonly waived: readonly { readonly reference: ImageReference; readonly by: InventoryWaiver }[];
  /** Not covered, but not a failure at this level. */
  readonly passed: readonly ImageReference[];
  /** Waivers that have expired, or that no reference needs. */
  readonly idle: readonly { readonly waiver: InventoryWaiver; readonly because: string }[];
}

/**
 * A waiver that has expired or that nothing needs is in `idle`: it is no failure by itself. One that covers several
 * references is used by all of them.
 * @param today `YYYY-MM-DD`
 */
export function checkReferences(
  references: readonly ImageReference[],
  failOn: FailOn,
  waivers: readonly InventoryWaiver[],
  today: string,
): Checked {
  const valid = waivers.filter(({ expires }) => expires >= today);
  const used = new Set<InventoryWaiver>();
  const failed: ImageReference[] = [];
  const waived: { reference: ImageReference; by: InventoryWaiver }[] = [];
  for (const reference of references.filter(({ status }) => failsOn(failOn, status))) {
    const by = valid.find((waiver) => covers(waiver, reference));
    if (!by) failed.push(reference);
    else {
      used.add(by);
      waived.push({ reference, by });
    }
  }
  const idle = waivers
    .filter((waiver) => !used.has(waiver))
    .map((waiver) => ({
      waiver,
      because: waiver.expires < today ? `it expired on ${waiver.expires}` : 'no reference needs it',
    }));
  const passed = references.filter(({ status }) => status !== 'covered' && !failsOn(failOn, status));
  return { failed, waived, passed, idle };
}

/** The image may be the full name or the text in the file, so that a waiver can name what people see. */
function covers({ image, file }: InventoryWaiver, reference: ImageReference): boolean {
  const names = [reference.reference, reference.written].filter((name) => name !== undefined);
  return names.some((name) => matches(image, name)) && (file === undefined || matches(file, reference.file));
}

/** `*` fits any text, also slashes. Without a regular expression, so that no pattern takes exponential time. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return text === pattern;
  if (!text.startsWith(first)) return false;
  const last = rest.pop()!;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

const FIELDS = ['image', 'file', 'reason', 'owner', 'expires'] as const;

/** Findings about a waiver file; `waivers` is then empty. */
export function waiversOf(content: unknown): { waivers: readonly InventoryWaiver[]; problems: readonly string[] } {
  const list = (content as { waivers?: unknown } | null)?.waivers;
  if (!Array.isArray(list)) return { waivers: [], problems: ['expected `waivers:` with a list'] };
  const problems = list.flatMap((one: unknown, index) =>
    problemsOf(one).map((problem) => `waivers[${index}]: ${problem}`),
  );
  return problems.length > 0 ? { waivers: [], problems } : { waivers: list as InventoryWaiver[], problems };
}

function problemsOf(waiver: unknown): string[] {
  if (typeof waiver !== 'object' || waiver === null || Array.isArray(waiver)) return ['is not a map'];
  const fields = waiver as Record<string, unknown>;
  const unknown = Object.keys(fields).filter((key) => !(FIELDS as readonly string[]).includes(key));
  const missing = FIELDS.filter((key) => key !== 'file' && (typeof fields[key] !== 'string' || fields[key] === ''));
  const isDay = typeof fields['expires'] === 'string' && /^\d{4}-\d\d-\d\d$/.test(fields['expires']);
  return [
    ...unknown.map((key) => `unknown key ${key}`),
    ...missing.map((key) => `${key} is missing`),
    ...(isDay || missing.includes('expires') ? [] : ['expires must be a date such as 2027-03-01']),
  ];
}

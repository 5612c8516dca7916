import type { RuleFinding } from './rule';

/** As declared in an environment, or in policies. */
export interface RuleWaiver {
  readonly rule: string;
  readonly object: string;
  readonly reason: string;
  readonly owner: string;
  /** `YYYY-MM-DD`, the last day on which it is valid. */
  readonly expires: string;
}

/**
 * Findings and waivers, matched with each other. Every finding is either open or waived; a waiver can hold several
 * findings.
 */
export interface Waived {
  readonly open: readonly RuleFinding[];
  readonly waived: readonly { readonly finding: RuleFinding; readonly by: RuleWaiver }[];
  /** Waivers without effect: expired, or without a matching finding. */
  readonly idle: readonly { readonly waiver: RuleWaiver; readonly because: 'expired' | 'nothing found' }[];
}

/** The first waiver that covers a finding. */
type WaiverOf = (finding: RuleFinding) => RuleWaiver | undefined;

/**
 * Every finding is held by the first valid waiver that fits. A waiver is compared with the day as text, so that its
 * last day still counts.
 * @param today `YYYY-MM-DD`
 * @param match what a waiver covers: an address and all below it (`byPlace`: stacks), or one object (`byObject`: policies)
 */
export function waive(
  findings: readonly RuleFinding[],
  waivers: readonly RuleWaiver[],
  today: string,
  match: (waivers: readonly RuleWaiver[]) => WaiverOf = byPlace,
): Waived {
  const waiverOf = match(waivers.filter(({ expires }) => expires >= today));
  const judged = findings.map((finding) => ({ finding, by: waiverOf(finding) }));
  const used = new Set(judged.map(({ by }) => by));
  return {
    open: judged.flatMap(({ finding, by }) => (by ? [] : [finding])),
    waived: judged.flatMap(({ finding, by }) => (by ? [{ finding, by }] : [])),
    idle: waivers.flatMap((waiver): Waived['idle'] => {
      if (waiver.expires < today) return [{ waiver, because: 'expired' }];
      return used.has(waiver) ? [] : [{ waiver, because: 'nothing found' }];
    }),
  };
}

/** Waivers of the policies cover exactly one object. */
export function byObject(waivers: readonly RuleWaiver[]): WaiverOf {
  const keyOf = (rule: string, object: string) => JSON.stringify([rule, object]);
  const byKey = new Map(waivers.map((waiver) => [keyOf(waiver.rule, waiver.object), waiver] as const).reverse());
  return ({ rule, address }) => byKey.get(keyOf(rule, address));
}

/** Waivers of an environment cover a resource or a part of it; there are few. */
function byPlace(waivers: readonly RuleWaiver[]): WaiverOf {
  return (finding) => waivers.find((waiver) => covers(waiver, finding));
}

/** The object itself or a place below it: `…container.registry` is not the beginning of `…container.registryctl`. */
function covers({ rule, object }: RuleWaiver, { rule: found, address }: RuleFinding): boolean {
  if (rule !== found || !address.startsWith(object)) return false;
  return /[/.]$/.test(object) || /^(?:$|[/.[])/.test(address.slice(object.length));
}

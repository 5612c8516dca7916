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

/**
 * Every finding is held by the first valid waiver that fits. A waiver is compared with the day as text, so that its
 * last day still counts.
 * @param today `YYYY-MM-DD`
 * @param holds what a waiver covers: an address and all below it (stacks), or exactly one object (policies, `isExact`)
 */
export function waive(
  findings: readonly RuleFinding[],
  waivers: readonly RuleWaiver[],
  today: string,
  holds: (waiver: RuleWaiver, finding: RuleFinding) => boolean = covers,
): Waived {
  const holding = waivers.filter(({ expires }) => expires >= today);
  const waiverOf = (finding: RuleFinding) => holding.find((waiver) => holds(waiver, finding));
  const waived = findings.flatMap((finding) => {
    const by = waiverOf(finding);
    return by ? [{ finding, by }] : [];
  });
  const idle = waivers.flatMap((waiver): Waived['idle'] => {
    if (waiver.expires < today) return [{ waiver, because: 'expired' }];
    return waived.some(({ by }) => by === waiver) ? [] : [{ waiver, because: 'nothing found' }];
  });
  return { open: findings.filter((finding) => !waiverOf(finding)), waived, idle };
}

/** Waivers of the policies cover exactly one object. */
export function isExact({ rule, object }: RuleWaiver, finding: RuleFinding): boolean {
  return rule === finding.rule && object === finding.address;
}

/** The object itself or a place below it: `…container.registry` is not the beginning of `…container.registryctl`. */
function covers({ rule, object }: RuleWaiver, { rule: found, address }: RuleFinding): boolean {
  if (rule !== found || !address.startsWith(object)) return false;
  return /[/.]$/.test(object) || /^(?:$|[/.[])/.test(address.slice(object.length));
}

import type { Declaration, Waiver } from '../declaration/declaration';
import type { Diagnostic } from '../diagnostic';
import { rules } from './catalogue';
import type { Rule, RuleFinding } from './rule';
import { waive, type RuleWaiver } from './waive';

export interface Judged {
  /** What is wrong and not waived, and what is wrong with the waivers. */
  readonly diagnostics: readonly Diagnostic[];
  /** What somebody answers for until a day. It stays listed. */
  readonly waived: readonly { readonly finding: RuleFinding; readonly by: RuleWaiver }[];
}

/** Waivers of the policies cover exactly one object. */
const isExact = ({ rule, object }: RuleWaiver, finding: RuleFinding): boolean =>
  rule === finding.rule && object === finding.address;

/**
 * Judges what is declared by every rule that looks at policies. Pure.
 * @param today `YYYY-MM-DD`
 */
export function judgeDeclared(declaration: Declaration, today: string): Judged {
  const findings = rules.flatMap(({ id, severity, declared }) =>
    (declared?.judge(declaration) ?? []).map((violation) => ({ rule: id, severity, ...violation })),
  );
  const { waivers = [] } = declaration;
  const { open, waived, idle } = waive(findings, waivers, today, isExact);
  const because = new Map(idle.map((one) => [one.waiver, one.because]));
  const places = new Map(declaration.objects.map(({ address, at }) => [address, at]));
  return {
    diagnostics: [
      ...open.map((finding) => diagnosticOf(finding, places.get(finding.address))),
      ...waivers.flatMap((waiver) => aboutWaiver(waiver, because.get(waiver), declaration)),
    ],
    waived,
  };
}

function diagnosticOf({ rule, severity, address, message, hint }: RuleFinding, at: Diagnostic['at']): Diagnostic {
  const graded = severity === 'medium' ? 'warning' : 'error';
  return { rule, severity: graded, message: `${address}: ${message}`, hint, ...(at ? { at } : {}) };
}

/** HP090: it can never hold · HP091: its day is over · HP092: nothing is found that it waives. */
function aboutWaiver(waiver: Waiver, because: string | undefined, { objects }: Declaration): Diagnostic[] {
  const { rule, object, expires, at } = waiver;
  const what = `waiver of ${rule} for ${object}`;
  const known = rules.find(({ id }) => id === rule);
  const misuse = misuseOf(waiver, known, objects);
  if (misuse)
    return [{ rule: 'HP090', severity: 'error', message: `${what}: ${misuse.message}`, hint: misuse.hint, at }];
  if (because === 'expired')
    return [
      {
        rule: 'HP091',
        severity: 'error',
        message: `${what}: it expired on ${expires}`,
        hint: 'fix the finding, or decide again and set a new date',
        at,
      },
    ];
  if (because === undefined) return [];
  return [
    { rule: 'HP092', severity: 'warning', message: `${what}: nothing is found that it waives`, hint: 'remove it', at },
  ];
}

function misuseOf(
  { object, expires }: Waiver,
  rule: Rule | undefined,
  objects: Declaration['objects'],
): { message: string; hint: string } | undefined {
  if (!rule) return { message: 'there is no such rule', hint: 'see `breakwater rules`' };
  if (!rule.declared) return { message: 'this rule judges stacks', hint: 'waive it in stacks/environments/NAME.yaml' };
  if (!objects.some(({ address }) => address === object))
    return { message: 'no such object is declared', hint: 'write the exact address, such as project/proxy.docker.io' };
  if (!isDay(expires)) return { message: `${expires} is not a valid date`, hint: 'write YYYY-MM-DD' };
  return undefined;
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

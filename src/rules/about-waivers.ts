import type { Declaration, Waiver } from '../declaration/declaration';
import type { Diagnostic } from '../diagnostic';
import { placesOf } from './diagnostics';
import type { Rule } from './rule';
import type { Waived } from './waive';

/** HP090: it can never match · HP091: it has expired · HP092: it matches no finding. */
export function aboutWaivers(declaration: Declaration, rules: readonly Rule[], idle: Waived['idle']): Diagnostic[] {
  const because = new Map(idle.map((one) => [one.waiver as Waiver, one.because]));
  const known = new Set(placesOf(declaration).keys());
  return (declaration.waivers ?? []).flatMap((waiver) => {
    const rule = rules.find(({ id }) => id === waiver.rule);
    return aboutOne(waiver, rule, known, because.get(waiver));
  });
}

/**
 * A misuse is reported alone: whether the waiver has expired does not matter then. That a waiver holds nothing is not
 * reported for a rule that judges plans, because `validate` has no plan; `judgePlan` does it.
 */
function aboutOne(
  waiver: Waiver,
  rule: Rule | undefined,
  known: ReadonlySet<string>,
  because: string | undefined,
): Diagnostic[] {
  const { object, expires, at } = waiver;
  const what = `waiver of ${waiver.rule} for ${object}`;
  const misuse = misuseOf(waiver, rule, known);
  if (misuse)
    return [{ rule: 'HP090', severity: 'error', message: `${what}: ${misuse.message}`, hint: misuse.hint, at }];
  if (because === 'expired') {
    const hint = 'fix the finding, or set a new date';
    return [{ rule: 'HP091', severity: 'error', message: `${what}: it expired on ${expires}`, hint, at }];
  }
  // The plan is not known here.
  if (because === undefined || rule?.planned) return [];
  return [{ rule: 'HP092', severity: 'warning', message: `${what}: it matches no finding`, hint: 'remove it', at }];
}

/**
 *       rule                           object                                     HP090
 *       unknown                        -                                          yes
 *       only for stacks                -                                          yes
 *       any                            -; `expires` is not in the calendar        yes
 *       for plans                      an exact address, declared or not          no
 *       for policies                   a declared object, `harbor` or a client    no
 *       for policies                   anything else                              yes
 */
function misuseOf(
  { object, expires }: Waiver,
  rule: Rule | undefined,
  known: ReadonlySet<string>,
): { message: string; hint: string } | undefined {
  if (!rule) return { message: 'no such rule', hint: 'see `breakwater rules`' };
  if (!rule.declared && !rule.planned)
    return {
      message: 'this rule checks stacks, not policies',
      hint: 'move the waiver to stacks/environments/NAME.yaml',
    };
  if (!isDay(expires)) return { message: `${expires} is not a valid date`, hint: 'write YYYY-MM-DD' };
  // A plan may also change objects that are no longer declared.
  if (rule.planned ? /^[a-z-]+\/[^*]+$/.test(object) : known.has(object)) return undefined;
  return { message: 'no such object is declared', hint: 'write the exact address, such as project/proxy.docker.io' };
}

/** `YYYY-MM-DD` that exists in the calendar. Counted here, because JavaScript reads February 30 as March 2. */
export function isDay(text: string): boolean {
  const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.slice(1).map(Number);
  if (!day) return false;
  const [year = 0, month = 0, date = 0] = day;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return date >= 1 && date <= ([31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0);
}

import { compact } from '../../compact';
import type { Evidence } from '../model/outcome';
import type { ProblemKind } from '../model/problem';
import type { Cause, Rank } from '../model/result';
import type { Failure, Findings } from './findings';
import { yamlOf } from './yaml';

/** One kind of root cause. */
export interface Rule {
  /** Such as `robot-expired`; stable, for programs. */
  readonly kind: string;
  readonly rank: Rank;
  readonly party: string;
  /** Is said beside others that have it: each of them alone would be reason enough. */
  readonly beside?: true;
  /** The required findings, as evidence. Undefined if they are missing: then this cause does not apply. */
  seen(failure: Failure, findings: Findings): readonly Evidence[] | undefined;
  /** Only called if `seen` found evidence, with the same arguments; `kind`, `rank` and `party` are added. */
  say(failure: Failure, findings: Findings): Pick<Cause, 'words' | 'whatToDo' | 'command' | 'subject' | 'plural'>;
}

/** The cause of one failure by the first rule whose findings exist; undefined if there is none. */
export function applyRules(rules: readonly Rule[], failure: Failure, findings: Findings): Cause | undefined {
  return causesBy(rules, failure, findings)[0];
}

/**
 * The same, with what else is reason enough by itself.
 *
 *      rule 1   no evidence                      skipped
 *      rule 2   evidence                         the cause; only rules with `beside` are tried from here on
 *      rule 5   evidence, beside                 a further cause
 *
 * The order of the list is therefore part of the rules: special ones come first.
 */
export function causesBy(rules: readonly Rule[], failure: Failure, findings: Findings): readonly Cause[] {
  const causes: Cause[] = [];
  for (const rule of rules) {
    if (causes.length > 0 && !rule.beside) continue;
    const evidence = rule.seen(failure, findings);
    const { kind, rank, party } = rule;
    if (!evidence) continue;
    const yaml = yamlOf(kind, failure, findings);
    causes.push(compact<Cause>({ kind, rank, party, evidence, ...rule.say(failure, findings), yaml }));
    if (!rule.beside) break;
  }
  return causes;
}

/** Whether the check itself found a problem of one of these kinds. */
export function isProblem({ problem }: Failure, ...kinds: readonly ProblemKind[]): boolean {
  return problem !== undefined && kinds.includes(problem.kind);
}

/** The finding of the check itself, as evidence: `found by A4: 401`, or the first line of its message. */
export function foundBy({ result, problem }: Failure): Evidence {
  const [first = ''] = result.message.split('\n');
  return { label: `found by ${result.id}`, value: problem?.value ?? first };
}

/** Requires only the finding of the check itself, and no probe. */
export function problemIs(...kinds: readonly ProblemKind[]): Rule['seen'] {
  return (failure) => (isProblem(failure, ...kinds) ? [foundBy(failure)] : undefined);
}

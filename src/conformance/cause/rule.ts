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
  /** What must have been seen, as evidence. Undefined where it was not: then this cause is not said. */
  seen(failure: Failure, findings: Findings): readonly Evidence[] | undefined;
  say(failure: Failure, findings: Findings): Pick<Cause, 'words' | 'whatToDo' | 'command' | 'subject' | 'plural'>;
}

/** The cause of one failure by the first rule that saw what it needs; undefined where none did. */
export function applyRules(rules: readonly Rule[], failure: Failure, findings: Findings): Cause | undefined {
  for (const rule of rules) {
    const evidence = rule.seen(failure, findings);
    const { kind, rank, party } = rule;
    if (!evidence) continue;
    const yaml = yamlOf(kind, failure, findings);
    return compact<Cause>({ kind, rank, party, evidence, ...rule.say(failure, findings), yaml });
  }
  return undefined;
}

/** A rule that needs nothing but what a check itself found wrong. */
export function isProblem({ problem }: Failure, ...kinds: readonly ProblemKind[]): boolean {
  return problem !== undefined && kinds.includes(problem.kind);
}

/** The finding of the check itself, as evidence. */
export function foundBy({ result, problem }: Failure): Evidence {
  const [first = ''] = result.message.split('\n');
  return { label: `found by ${result.id}`, value: problem?.value ?? first };
}

/** What must have been seen is the finding of the check itself, and nothing else. */
export function problemIs(kind: ProblemKind): Rule['seen'] {
  return (failure) => (isProblem(failure, kind) ? [foundBy(failure)] : undefined);
}

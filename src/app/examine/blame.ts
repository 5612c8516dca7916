import { compact } from '../../compact';
import { unreachableCause, type Cause } from '../../conformance';
import type { Declaration } from '../../declaration/declaration';
import { conformanceTarget, type TargetOptions } from '../conformance-target';
import type { AppContext } from '../context';
import { caOf } from '../read-ca';
import { secretsOf } from '../session';
import type { Seen } from './examination';
import { wireOf } from './pull-sources';

/** A cause in the words of an examination: the text, the party and the one action, as in a report of `conform`. */
export function blamed(outcome: 'warning' | 'error', cause: Cause, message = cause.words): Seen {
  const { whatToDo, command, party } = cause;
  const hint = [whatToDo, command].filter((part) => part !== undefined).join(': ');
  return compact<Seen>({ outcome, message, hint: hint === '' ? undefined : hint, party });
}

/**
 * Why Harbor could not be reached, in the words of a run.
 * @param seen what was tried, with its error message
 */
export async function unreachedBecause(context: AppContext, declaration: Declaration, seen: Seen): Promise<Seen> {
  const { harbor } = declaration;
  if (!harbor || context.signal.aborted) return seen;
  const ca = await caOf(harbor).catch(() => undefined);
  const secret = secretsOf(context, declaration);
  const target = conformanceTarget(compact<TargetOptions>({ declaration, harbor, secret, only: [], ca }));
  const cause = await unreachableCause(target, wireOf(context.signal));
  return cause ? { ...blamed('error', cause), details: [seen.message], unreachable: true } : seen;
}

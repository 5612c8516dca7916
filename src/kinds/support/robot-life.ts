import type { End, Live, ProofContext, SecretProof } from '../kind';
import { compact } from '../../compact';
import type { RobotSpec } from './robot-spec';

const REMEDY =
  'declare a larger duration, which counts from its creation (-1 never expires); --rotate changes the secret, not the expiry date';

const DAY_S = 86_400;

/** Harbor expires a robot at its creation plus `duration` days; -1 is never (docs/harbor-behavior.md 8.3). */
export function robotEnd({ facts, spec }: Live<RobotSpec>): End | undefined {
  const atS = facts?.['expires_at'];
  if (typeof atS !== 'number' || atS <= 0) return undefined;
  const { duration = 0 } = spec;
  const lifeS = duration > 0 ? duration * DAY_S : undefined;
  return compact<End>({ atS, lifeS, remedy: REMEDY, field: 'duration' });
}

/** Harbor compares the secret of a robot with the stored one: a refused secret differs from it. */
export async function proveRobotSecret(
  context: ProofContext,
  live: Live<RobotSpec>,
  merged: RobotSpec,
): Promise<SecretProof> {
  // Harbor refuses every secret of such a robot, also the correct one.
  if (live.spec.disable === true) return unverifiable('the robot is disabled');
  const end = robotEnd(live);
  if (end && end.atS * 1_000 <= context.nowMs) return unverifiable('the robot has expired');
  if (!merged.secret) return unverifiable('Harbor returned it only at creation');
  const fullName = live.facts?.['full_name'] as string;
  if (await context.accepts(fullName, await context.secret(merged.secret))) return { outcome: 'same' };
  return { outcome: 'dead', why: 'Harbor has another secret and refuses the declared one' };
}

function unverifiable(reason: string): SecretProof {
  return { outcome: 'unverifiable', reason };
}

import { BreakwaterError, SecretError } from '../errors';
import type { Cause } from './result';

/** Blames ourselves, or what this run was given; undefined for what came back over the network. */
export function ownCause(thrown: unknown): Cause | undefined {
  if (thrown instanceof SecretError)
    return {
      party: 'this run',
      words: `this run was given no usable secret: ${thrown.message}`,
      evidence: [{ label: 'code', value: thrown.code }],
      whatToDo: 'hand the secret to this run as the declaration says; nothing is known of the registry',
    };
  if (thrown instanceof BreakwaterError) return undefined;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return {
    party: 'breakwater',
    words: `breakwater itself went wrong (${name})`,
    evidence: [{ label: 'thrown', value: thrown instanceof Error ? thrown.message : String(thrown) }],
    whatToDo: 'this is a defect of breakwater and says nothing of the registry: please report it with this message',
  };
}

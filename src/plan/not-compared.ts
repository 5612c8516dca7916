import { compact } from '../compact';
import type { SecretProof, WriteOnly } from '../kinds/kind';
import { valueAt } from './diff';
import type { Change, NotCompared } from './plan';
import type { Declared, World } from './world';

/** The secret can be tested, and this run did not. */
export const NOT_ASKED = 'Harbor never returns it; test it with --prove-secrets';
/** It is tested by default, and this run was told not to. */
export const OPTED_OUT = 'Harbor never returns it; not tested because of --no-prove';
/** Harbor has no call that would show whether it is right. */
export const NEVER_KNOWN = 'Harbor never returns it and no API call can verify it';

/** Declared secrets of objects in Harbor that no change writes and no test confirmed. */
export function notComparedSecrets(
  world: World,
  changes: readonly Change[],
  targets: readonly string[],
  proofs?: ReadonlyMap<string, SecretProof>,
): NotCompared[] {
  const written = new Set(changes.flatMap(({ address, fields }) => fields.map(({ path }) => `${address} ${path}`)));
  return [...world.declared.values()]
    .filter(({ address }) => world.found.has(address) && (targets.length === 0 || targets.includes(address)))
    .flatMap((declared) => unknownOf(declared, proofs?.get(declared.address)))
    .filter(({ address, field }) => !written.has(`${address} ${field}`));
}

/**
 *      the kind can test the secret    result of the test     reported
 *      no                              -                      NEVER_KNOWN
 *      yes                             it works, is the same  nothing: it is as declared
 *      yes                             it does not work       yes, if this plan does not write another one
 *      yes                             not conclusive         yes, with the reason
 *      yes                             not tested             NOT_ASKED or OPTED_OUT
 */
function unknownOf({ address, spec, rules }: Declared, proof: SecretProof | undefined): NotCompared[] {
  return rules.writeOnly
    .filter(({ field, provable }) => valueAt(spec, field) !== undefined && !(provable && isVouchedFor(proof)))
    .map(({ field, provable }) => {
      const broken = provable && proof?.outcome === 'unverifiable' && proof.broken;
      return compact({ address, field, reason: reasonOf(provable, proof), broken: broken || undefined });
    });
}

function isVouchedFor(proof: SecretProof | undefined): boolean {
  return proof?.outcome === 'works' || proof?.outcome === 'same';
}

function reasonOf(provable: WriteOnly['provable'], proof: SecretProof | undefined): string {
  if (provable === undefined) return NEVER_KNOWN;
  if (proof?.outcome === 'dead') return 'the stored secret does not work, and this plan does not change it';
  if (proof?.outcome === 'unverifiable') return proof.reason;
  return provable === 'always' ? OPTED_OUT : NOT_ASKED;
}

import type { SecretProof } from '../kinds/kind';
import { valueAt } from './diff';
import type { Change, Unverifiable } from './plan';
import type { Declared, World } from './world';

export const NOT_ASKED = 'Harbor never answers it; --prove-secrets asks whether it works';
export const NEVER_KNOWN = 'Harbor never answers it, and there is nothing to ask that would tell';

/** Declared secrets of objects that are in Harbor, which no change writes and no proof vouches for. */
export function unverifiableSecrets(
  world: World,
  changes: readonly Change[],
  targets: readonly string[],
  proofs?: ReadonlyMap<string, SecretProof>,
): Unverifiable[] {
  const written = new Set(changes.flatMap(({ address, fields }) => fields.map(({ path }) => `${address} ${path}`)));
  return [...world.declared.values()]
    .filter(({ address }) => world.found.has(address) && (targets.length === 0 || targets.includes(address)))
    .flatMap((declared) => unknownOf(declared, proofs?.get(declared.address)))
    .filter(({ address, field }) => !written.has(`${address} ${field}`));
}

function unknownOf({ address, spec, rules }: Declared, proof: SecretProof | undefined): Unverifiable[] {
  return rules.writeOnly
    .filter(({ field, provable }) => valueAt(spec, field) !== undefined && !(provable && proof?.outcome === 'works'))
    .map(({ field, provable }) => ({ address, field, reason: provable ? reasonOf(proof) : NEVER_KNOWN }));
}

function reasonOf(proof: SecretProof | undefined): string {
  if (proof?.outcome === 'dead') return 'the stored one is dead, and this plan leaves it';
  return proof?.outcome === 'unverifiable' ? proof.reason : NOT_ASKED;
}

import type { Diagnostic } from '../diagnostic';
import { DeclarationError } from '../errors';
import { didYouMean } from '../suggest';
import { declaresSecret } from './diff';
import type { Change } from './plan';
import type { World } from './world';

/** @throws DeclarationError with a finding for each address on the command line that nothing answers to. */
export function checkAddresses(world: World, targets: readonly string[], rotate: readonly string[]): void {
  const known = [...new Set([...world.declared.keys(), ...world.found.keys()])];
  const findings = [
    ...targets.filter((address) => !known.includes(address)).map((address) => unknown('--target', address, known)),
    ...rotate.flatMap((address) => rotationFindings(address, world)),
  ];
  if (findings.length > 0) throw new DeclarationError(findings.map(({ message }) => message).join('; '), findings);
}

function rotationFindings(address: string, world: World): Diagnostic[] {
  const declared = world.declared.get(address);
  if (!declared) return [unknown('--rotate', address, [...world.declared.keys()])];
  if (declaresSecret(declared.spec, declared.rules)) return [];
  const message = `--rotate ${address}: it declares no secret`;
  return [{ rule: 'nothing-to-rotate', severity: 'error', message, at: declared.at }];
}

function unknown(flag: string, address: string, known: readonly string[]): Diagnostic {
  const hint = didYouMean(address, known);
  const message = `${flag} ${address}: nothing of this address is declared or was found in Harbor`;
  return { rule: 'unknown-address', severity: 'error', message, ...(hint ? { hint } : {}) };
}

/**
 * The named changes, those they depend on, what travels in their calls, and what has to be made anew because
 * its owner is.
 */
export function targeted(changes: readonly Change[], targets: readonly string[], world: World): Change[] {
  if (targets.length === 0) return [...changes];
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  const dependants = new Map<string, Change[]>();
  for (const change of changes) {
    const on = change.carriedBy ?? replacedOwner(change, byAddress, world);
    if (on !== undefined) dependants.set(on, [...(dependants.get(on) ?? []), change]);
  }
  const chosen = new Set<string>();
  const queue = [...targets];
  for (let address = queue.pop(); address !== undefined; address = queue.pop()) {
    const change = byAddress.get(address);
    if (!change || chosen.has(address)) continue;
    chosen.add(address);
    queue.push(...change.after, ...(dependants.get(address) ?? []).map((dependant) => dependant.address));
  }
  return changes.filter(({ address }) => chosen.has(address));
}

function replacedOwner(change: Change, byAddress: ReadonlyMap<string, Change>, world: World): string | undefined {
  const owner = world.declared.get(change.address)?.owner;
  return owner !== undefined && byAddress.get(owner)?.action === 'replace' ? owner : undefined;
}

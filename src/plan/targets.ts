import { compact } from '../compact';
import type { DeclaredObject } from '../declaration/declaration';
import type { Diagnostic } from '../diagnostic';
import { DeclarationError } from '../errors';
import { didYouMean } from '../suggest';
import { declaresSecret } from './diff';
import type { KindRules } from '../kinds/kind';
import { isPattern, matchesAddress } from './address-pattern';
import type { Change } from './plan';
import type { World } from './world';

/** The given addresses, and those that patterns match. */
export function chosenAddresses(world: World, written: readonly string[]): string[] {
  const known = [...new Set([...world.declared.keys(), ...world.found.keys()])];
  return [...new Set(written.flatMap((one) => (known.includes(one) ? [one] : matching(one, known))))];
}

function matching(pattern: string, known: readonly string[]): string[] {
  return known.filter((address) => matchesAddress(pattern, address));
}

/** As they are on the command line: addresses, or patterns with `*`. */
export interface WrittenAddresses {
  readonly targets: readonly string[];
  readonly rotate: readonly string[];
  /** Undeclared objects may match as well, because this run may delete. */
  readonly mayDelete: boolean;
}

/**
 * What the declaration alone shows about addresses on the command line, before any request to Harbor.
 * @throws DeclarationError with a finding for each that names nothing
 */
export function checkWritten(
  { targets, rotate, mayDelete }: WrittenAddresses,
  objects: readonly DeclaredObject[],
  kinds: readonly KindRules[],
): void {
  const names = kinds.map(({ name }) => name);
  const declared = objects.map(({ address }) => address);
  const secretive = objects.filter(({ kind, spec }) =>
    kinds.some((rules) => rules.name === kind && declaresSecret(spec, rules)),
  );
  refuse([
    ...targets.flatMap((address) => {
      if (mayDelete && names.some((name) => matchesAddress(address.split('/')[0] ?? '', name)) && address.includes('/'))
        return [];
      return matching(address, declared).length > 0 ? [] : [unknown('--target', address, declared, names)];
    }),
    ...rotate.flatMap((address) => rotationFinding(address, objects, secretive, names)),
  ]);
}

/** @throws DeclarationError with a finding for each address on the command line that names nothing. */
export function checkAddresses(world: World, targets: readonly string[], rotate: readonly string[]): void {
  const known = [...new Set([...world.declared.keys(), ...world.found.keys()])];
  const declared = [...world.declared.values()];
  const secretive = declared.filter(({ spec, rules }) => declaresSecret(spec, rules));
  refuse([
    ...targets
      .filter((address) => matching(address, known).length === 0)
      .map((address) => unknown('--target', address, known, [])),
    ...rotate.flatMap((address) => rotationFinding(address, declared, secretive, [])),
  ]);
}

function refuse(findings: readonly Diagnostic[]): void {
  if (findings.length > 0) throw new DeclarationError(findings.map(sentence).join('; '), findings, true);
}

function sentence({ message, hint }: Diagnostic): string {
  return hint === undefined ? message : `${message} (${hint})`;
}

/**
 * Something is declared but has no secret, or nothing of this name is declared: two messages, because the first is no
 * typing mistake.
 */
function rotationFinding(
  address: string,
  declared: readonly DeclaredObject[],
  secretive: readonly DeclaredObject[],
  kinds: readonly string[],
): Diagnostic[] {
  const addresses = secretive.map((object) => object.address);
  if (matching(address, addresses).length > 0) return [];
  const all = declared.map((object) => object.address);
  const meant = declared.find((object) => matchesAddress(address, object.address));
  const isOne = addresses.some((one) => one.endsWith(`/${address}`));
  if (!meant) return [unknown('--rotate', address, isOne ? addresses : all, kinds)];
  const message = `--rotate ${address}: ${isPattern(address) ? 'none of these objects declares a secret' : 'it declares no secret'}`;
  return [{ rule: 'nothing-to-rotate', severity: 'error', message, at: meant.at }];
}

function unknown(flag: string, address: string, known: readonly string[], kinds: readonly string[]): Diagnostic {
  const hint = hintFor(address, known, kinds);
  const what = isPattern(address)
    ? 'no declared object matches, and none in Harbor'
    : 'no such object is declared or exists in Harbor';
  const declaredOnly = isPattern(address) ? 'no declared object matches' : 'no such object is declared';
  const message = `${flag} ${address}: ${kinds.length > 0 ? declaredOnly : what}`;
  return compact({ rule: 'unknown-address', severity: 'error', message, hint: hint || undefined });
}

/** An address is kind/name: for a name without a kind the full address is suggested. */
function hintFor(address: string, known: readonly string[], kinds: readonly string[]): string | undefined {
  const kind = address.split('/')[0] ?? '';
  const sameName = known.filter((one) => one.endsWith(`/${address}`));
  if (sameName.length > 0) return `did you mean ${oneOf(sameName)}?`;
  if (isPattern(address) && !address.includes('/')) {
    const meant = known.filter((one) => matchesAddress(address, one.slice(one.indexOf('/') + 1)));
    const ofKinds = [...new Set(meant.map((one) => `${one.split('/')[0] ?? ''}/${address}`))];
    if (ofKinds.length > 0) return `did you mean ${oneOf(ofKinds)}?`;
  }
  if (!address.includes('/')) return didYouMean(address, known) ?? 'write KIND/NAME, such as project/proxy.docker.io';
  if (kinds.length > 0 && !isPattern(kind) && !kinds.includes(kind))
    return didYouMean(kind, kinds)?.replace(/"\?$/, '/…"?') ?? `there is no kind "${kind}"`;
  return didYouMean(address, known);
}

/** `"project/a", "quota/a" or "retention/a"`, three at most. */
function oneOf(addresses: readonly string[]): string {
  const quoted = addresses.slice(0, 3).map((address) => `"${address}"`);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}

/**
 * The named changes, those they depend on, those that their requests contain, and those that must be recreated with
 * their owner. Everything that can be reached from the targets:
 *
 *       target ──dependsOn──> change ──dependsOn──> …     must exist first
 *       target <──carriedBy── change                      is part of the same request
 *       target <──owner────── change                      only if the target is replaced
 *
 * The order of the changes stays.
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
    queue.push(...change.dependsOn, ...(dependants.get(address) ?? []).map((dependant) => dependant.address));
  }
  return changes.filter(({ address }) => chosen.has(address));
}

function replacedOwner(change: Change, byAddress: ReadonlyMap<string, Change>, world: World): string | undefined {
  const owner = world.declared.get(change.address)?.owner;
  return owner !== undefined && byAddress.get(owner)?.action === 'replace' ? owner : undefined;
}

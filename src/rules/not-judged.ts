import type { Declaration, DeclaredObject } from '../declaration/declaration';
import type { Rule } from './rule';

/** What the rules could not judge, because it is not in these policies. */
export interface NotJudged {
  readonly address: string;
  /** Ids. */
  readonly rules: readonly string[];
  readonly reason: string;
}

/**
 * Registries that are managed elsewhere, and projects for which a rule would have a finding if such a registry had an
 * account.
 */
export function notJudged(declaration: Declaration, rules: readonly Rule[]): NotJudged[] {
  const { external = [] } = declaration;
  if (external.length === 0) return [];
  const ofRegistries = rules.filter(({ declared }) => declared?.looksAt === 'registry').map(({ id }) => id);
  const reason = 'it is managed elsewhere, and these policies do not say what it is';
  const behind = rules
    .filter(({ declared }) => declared?.looksAt === 'upstream')
    .flatMap((rule) => onlyWithAccount(declaration, rule).map((address) => ({ address, rule: rule.id })));
  return [
    ...external.map(({ address }) => ({ address, rules: ofRegistries, reason })),
    ...[...new Set(behind.map(({ address }) => address))].map((address) => ({
      address,
      rules: behind.filter((one) => one.address === address).map(({ rule }) => rule),
      reason: 'its registry is managed elsewhere, and these policies do not say whether it has an account',
    })),
  ];
}

/** Findings of the rule that exist only if every registry that is managed elsewhere has an account. */
function onlyWithAccount(declaration: Declaration, { declared }: Rule): string[] {
  const assumed = (declaration.external ?? []).map((one): DeclaredObject => ({
    ...one,
    spec: { type: 'docker-registry', credential: { access_key: '' } },
    protect: false,
  }));
  const addresses = (objects: readonly DeclaredObject[]): string[] =>
    declared?.judge({ ...declaration, objects }).map(({ address }) => address) ?? [];
  const known = new Set(addresses(declaration.objects));
  return addresses([...declaration.objects, ...assumed]).filter((address) => !known.has(address));
}

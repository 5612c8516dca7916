import { BreakwaterError, SecretError, type SecretErrorCode } from '../errors';
import type { Json } from '../json';
import type { KindRules } from '../kinds/kind';
import { valueAt } from '../plan/diff';
import type { Change, Warning } from '../plan/plan';
import { isSecretReference, type SecretReference } from '../secret-reference';
import { mapBounded } from '../map-bounded';
import type { ExecuteOptions } from './execute';

/** Where secrets come from, and which fields of a kind are secrets. */
export type SecretSources = Pick<ExecuteOptions, 'secret' | 'checkDelivery'> & {
  readonly kinds: readonly Pick<KindRules, 'name' | 'writeOnly'>[];
};

/** A secret that a change writes, or stores in a file, and that is not available. */
export interface MissingSecret {
  readonly address: string;
  /** Dotted, below the spec. */
  readonly field: string;
  readonly error: BreakwaterError;
}

/** Number of commands that may run at the same time: each may call a vault. */
const SIDE_BY_SIDE = 4;

/**
 * Avoids a partial apply: every secret that these changes write is resolved, and every file for a secret is checked,
 * before anything is written.
 * @throws SecretError that lists all missing ones
 */
export async function requireSecrets(changes: readonly Change[], sources: SecretSources): Promise<void> {
  const missing = await missingSecrets(changes, sources);
  if (missing.length === 0) return;
  const lines = missing.map(({ address, field, error }) => `\n  ${address}: ${field}: ${error.message}`);
  const what =
    missing.length === 1 ? '1 secret that this plan needs is' : `${missing.length} secrets that this plan needs are`;
  const codes = missing.map(({ error }) => error).filter((error) => error instanceof SecretError);
  const code: SecretErrorCode = codes[0]?.code ?? 'SECRET_UNREADABLE';
  throw new SecretError(`${what} not available; nothing was changed${lines.join('')}`, code);
}

/** The same as warnings of a plan. */
export async function secretWarnings(changes: readonly Change[], sources: SecretSources): Promise<Warning[]> {
  const missing = await missingSecrets(changes, sources);
  return missing.map(({ address, field, error }) => ({
    address,
    message: `${field} is not available here, and apply needs it: ${error.message}`,
  }));
}

/** All that are missing, not only the first: one run is enough to see them. */
async function missingSecrets(changes: readonly Change[], sources: SecretSources): Promise<MissingSecret[]> {
  const uses = changes.flatMap((change) => usesOf(change, sources));
  const tried = await mapBounded(uses, SIDE_BY_SIDE, async ({ address, field, attempt }) => {
    const error = await attempt().then(() => undefined, known);
    return error && { address, field, error };
  });
  return tried.filter((missing) => missing !== undefined);
}

function known(error: unknown): BreakwaterError {
  if (error instanceof BreakwaterError) return error;
  throw error;
}

interface Use {
  readonly address: string;
  readonly field: string;
  readonly attempt: () => Promise<unknown>;
}

/** A generated secret has no source yet: for it the file is checked that it will be written to. */
function usesOf({ kind, identity, address, fields }: Change, { secret, checkDelivery, kinds }: SecretSources): Use[] {
  const rules = kinds.find(({ name }) => name === kind)?.writeOnly ?? [];
  return fields.flatMap(({ path: field, after, writeOnly }): Use[] => {
    if (!writeOnly || after === undefined) return [];
    if (!rules.find((rule) => rule.field === field)?.generated)
      return referencesIn(after).map((reference) => ({ address, field, attempt: () => secret(reference) }));
    const file = valueAt(after as object, 'file');
    return typeof file === 'string' && checkDelivery
      ? [{ address, field, attempt: () => checkDelivery(file, identity) }]
      : [];
  });
}

function referencesIn(value: Json): SecretReference[] {
  if (typeof value !== 'object' || value === null) return [];
  return isSecretReference(value) ? [value] : Object.values(value).flatMap((inner: Json) => referencesIn(inner));
}

import type { Declaration } from '../declaration/declaration';
import { HarborApiError, IdentityError } from '../errors';
import { probeAccess, seesAllProjects, type AccessRow } from '../harbor';
import { kinds } from '../kinds';
import { ACCESS_HINT, unreadable } from '../plan/access';
import type { Connection } from './session';

/**
 * What the credentials may do with the declared kinds. A system administrator may do everything, so nothing is
 * requested.
 */
export async function declaredAccess(
  { client, identity, permissions }: Pick<Connection, 'client' | 'identity'> & Partial<Pick<Connection, 'permissions'>>,
  { objects, prune }: Pick<Declaration, 'objects' | 'prune'>,
): Promise<readonly AccessRow[]> {
  if (identity.user?.sysadmin) return [];
  const names = new Set([...objects.map(({ kind }) => kind), ...prune]);
  const asked = kinds.filter(({ name }) => names.has(name));
  return asked.length === 0 ? [] : probeAccess(client, identity, asked, permissions);
}

/** Whether projects may exist that these credentials do not see. */
export async function mayHideProjects({
  identity,
  permissions,
}: Pick<Connection, 'identity' | 'permissions'>): Promise<boolean> {
  return !seesAllProjects(identity, identity.user?.sysadmin ? undefined : await permissions());
}

/**
 * A refused read names one kind; this error names all of them. The others are not planned: a plan would treat an
 * object that cannot be read as absent.
 * @throws IdentityError, or the error itself
 */
export function explainUnreadable(access: readonly AccessRow[]): (error: unknown) => never {
  return (error) => {
    const isRefusal =
      error instanceof IdentityError ||
      (error instanceof HarborApiError && error.isHarbors && [401, 403].includes(error.status));
    const kindsRefused = unreadable(access);
    if (!isRefusal || kindsRefused.length === 0) throw error;
    const message = `these credentials cannot read what is declared: ${kindsRefused.join(', ')}; ${error.message}`;
    throw new IdentityError(message, ACCESS_HINT, { cause: error });
  };
}

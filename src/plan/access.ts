import type { Refusal } from '../diagnostic';
import type { AccessRow, Verdict } from '../harbor/access';
import type { Action, Change, Mode, Warning } from './plan';

/** For warnings and refusals alike. */
export const ACCESS_HINT =
  'declare both a robot and a system administrator in harbor:, or grant the robot the missing permissions; `breakwater doctor` shows them all';

/** Rule of a change that these credentials may not make. Others may, so it does not judge the change itself. */
export const NO_PERMISSION = 'no-permission';

/** As in the table that `doctor` shows for each kind. */
type Right = 'read' | 'create' | 'update' | 'remove';

const NEEDED: Readonly<Record<Action, readonly Right[]>> = {
  create: ['create'],
  update: ['update'],
  replace: ['remove', 'create'],
  delete: ['remove'],
};

/** Kinds that these credentials certainly cannot manage, in one sentence: the plan may be applied by others. */
export function accessWarnings(access: readonly AccessRow[], mode: Mode, prune: readonly string[]): Warning[] {
  const lacking = access.flatMap((row) => {
    const rights: Right[] = ['read', 'create', 'update'];
    const found = missing(row, mode === 'sync' && prune.includes(row.kind) ? [...rights, 'remove'] : rights);
    return found.length === 0 ? [] : [`${row.kind} (${found.join('; ')})`];
  });
  if (lacking.length === 0) return [];
  return [{ message: `these credentials cannot manage ${lacking.join(', ')}: ${ACCESS_HINT}` }];
}

/**
 * Changes that Harbor would certainly refuse. Unknown ones are tried. A change that is carried by another one needs no
 * permission of its own: the quota of a new project is part of the request that creates the project.
 */
export function accessRefusals(changes: readonly Change[], access: readonly AccessRow[]): Refusal[] {
  const rows = new Map(access.map((row) => [row.kind, row]));
  return changes.flatMap(({ kind, address, action, carriedBy }) => {
    const row = rows.get(kind);
    const found = row && carriedBy === undefined ? missing(row, NEEDED[action]) : [];
    if (found.length === 0) return [];
    const message = `these credentials cannot ${action} ${address}: ${found.join('; ')}`;
    return [{ rule: NO_PERMISSION, address, message, hint: ACCESS_HINT }];
  });
}

/** `update needs a user who is system administrator`; actions that lack the same permission are combined. */
function missing(row: AccessRow, rights: readonly Right[]): string[] {
  const byNeed = new Map<string, string[]>();
  for (const right of rights) {
    const verdict: Verdict = row[right];
    if (verdict.may !== 'nobody') continue;
    const need = verdict.missing ?? 'more rights';
    byNeed.set(need, [...(byNeed.get(need) ?? []), right === 'remove' ? 'delete' : right]);
  }
  return [...byNeed].map(([need, lacking]) => `${lacking.join(', ')} needs ${need}`);
}

/** Kinds that cannot even be read: they cannot be planned. */
export function unreadableKinds(access: readonly AccessRow[]): string[] {
  return access.filter((row) => row.read.may === 'nobody').map(({ kind }) => kind);
}

/** The same in words: `configuration (read needs a user who is system administrator)`. */
export function unreadable(access: readonly AccessRow[]): string[] {
  return access.flatMap((row) => missing(row, ['read']).map((need) => `${row.kind} (${need})`));
}

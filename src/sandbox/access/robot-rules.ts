import { badRequest } from '../errors';
import { PROJECT_PERMISSIONS, SYSTEM_PERMISSIONS } from './permission-catalog';
import type { Access, RobotPermission } from '../store/rows';

const MAX_DURATION_DAYS = 2 ** 31 - 2;

interface RobotRequest {
  readonly duration: number;
  readonly level: string;
  readonly permissions: readonly RobotPermission[];
}

/** @throws HarborError 400 in the order of Harbor's checks (src/server/v2.0/handler/robot.go) */
export function requireValid({ duration, level, permissions }: RobotRequest): void {
  if (duration !== -1 && (duration <= 0 || duration > MAX_DURATION_DAYS))
    throw badRequest(
      `bad request error duration input: ${duration}, duration must be either -1(Never) or a positive integer`,
    );
  if (level !== 'system' && level !== 'project') throw badRequest(`bad request error level input: ${level}`);
  if (permissions.length === 0) throw badRequest('bad request empty permission');
  if (permissions.some(({ access }) => access.length === 0)) throw badRequest('bad request empty access');
  if (level === 'project' && permissions.length > 1) throw badRequest('bad request permission');
  for (const permission of permissions) requireKnown(permission);
}

/** A permission of the other level is unknown here, although many have the same name at both levels. */
function requireKnown({ kind, access }: RobotPermission): void {
  if (kind !== 'system' && kind !== 'project') throw badRequest(`bad request permission level: ${kind}`);
  const known = kind === 'system' ? SYSTEM_PERMISSIONS : PROJECT_PERMISSIONS;
  for (const { resource = '', action = '' } of access)
    if (!known.some((pair) => pair.resource === resource && pair.action === action))
      throw badRequest(`bad request permission: ${resource}:${action}`);
}

/** Whether a permission exceeds those of the creator; `*` of the creator covers every project. */
export function exceeds(creating: readonly RobotPermission[], creator: readonly RobotPermission[]): boolean {
  return !creating.every(({ kind, namespace, access }) => {
    const own =
      creator.find((candidate) => candidate.kind === kind && candidate.namespace === namespace) ??
      creator.find((candidate) => candidate.kind === kind && candidate.namespace === '*');
    return own !== undefined && access.every((pair) => own.access.some((held) => sameAccess(held, pair)));
  });
}

function sameAccess(a: Access, b: Access): boolean {
  return a.resource === b.resource && a.action === b.action && (a.effect ?? '') === (b.effect ?? '');
}

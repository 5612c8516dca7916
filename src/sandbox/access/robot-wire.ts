import { omitEmpty, wireTime } from '../go-compat/wire';
import type { RobotPermission, RobotRow } from '../store/rows';
import type { Store } from '../store/store';
import { robotFullName } from './robot-name';

/**
 * A robot as every GET shows it. The secret is not in it: only POST and PATCH return a generated one, once
 * (docs/harbor-behavior.md 8.1). `editable` is true for every robot that the API knows.
 */
export function robotWire(store: Store, row: RobotRow): object {
  return {
    ...omitEmpty({
      creation_time: wireTime(row.creationTime),
      creator_ref: row.creatorRef,
      creator_type: row.creatorType,
      description: row.description,
      expires_at: row.expiresAt,
      id: row.id,
      level: row.level,
      name: robotFullName(store, row),
      update_time: wireTime(row.updateTime),
    }),
    disable: row.disabled,
    duration: row.duration,
    editable: true,
    permissions: shownPermissions(store, row).map(({ access, kind, namespace }) => ({
      access: access.map((pair) => omitEmpty({ ...pair })),
      kind,
      namespace,
    })),
  };
}

/** Permissions on a deleted project are not shown. */
function shownPermissions(store: Store, row: RobotRow): readonly RobotPermission[] {
  return row.permissions.filter(
    ({ kind, namespace }) => kind === 'system' || namespace === '*' || store.projects.find('name', namespace),
  );
}

/** Harbor stores single pairs by scope: several blocks for one namespace are returned as one, without duplicates. */
export function united(permissions: readonly RobotPermission[]): RobotPermission[] {
  const blocks = new Map<string, RobotPermission>();
  for (const { kind, namespace, access } of permissions) {
    const key = `${kind} ${namespace}`;
    const all = [...(blocks.get(key)?.access ?? []), ...access];
    const distinct = new Map(all.map((pair) => [`${pair.resource} ${pair.action} ${pair.effect ?? ''}`, pair]));
    blocks.set(key, { kind, namespace, access: [...distinct.values()] });
  }
  return [...blocks.values()];
}

import { omitEmpty, wireTime } from '../go-compat/wire';
import type { LabelRow } from '../store/rows';

/** `project_id` is left out for a global label, because it is 0. */
export function labelWire(row: LabelRow): object {
  return omitEmpty({
    color: row.color,
    creation_time: wireTime(row.creationTime),
    description: row.description,
    id: row.id,
    name: row.name,
    project_id: row.projectId,
    scope: row.scope,
    update_time: wireTime(row.updateTime),
  });
}

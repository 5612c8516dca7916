import type { ReplicationFilter } from './replication-filter';

/** `event_based` works only from this Harbor to another registry. */
export type ReplicationTrigger = 'manual' | 'event_based' | { readonly scheduled: string };

/** Exactly one of `from` and `to` is set: the other side is this Harbor. */
export interface ReplicationSpec {
  readonly name: string;
  readonly from?: string;
  readonly to?: string;
  readonly description?: string;
  readonly filters?: readonly ReplicationFilter[];
  readonly dest_namespace?: string;
  readonly dest_namespace_replace_count?: number;
  readonly trigger?: ReplicationTrigger;
  readonly override?: boolean;
  readonly enabled?: boolean;
  readonly deletion?: boolean;
  /** Kilobits a second for each task; 0 is without limit. */
  readonly speed?: number;
  readonly copy_by_chunk?: boolean;
  readonly single_active_replication?: boolean;
}

/** If a policy is reversed, it is declared with one side and its live state has the other: the declared one wins. */
export function withOneRemote(merged: ReplicationSpec, live: ReplicationSpec): ReplicationSpec {
  if (merged.from === undefined || merged.to === undefined) return merged;
  const { from, to, ...rest } = merged;
  return live.from === undefined ? { ...rest, from } : { ...rest, to };
}

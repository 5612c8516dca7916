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
  /** Empty: the same path as at the source. */
  readonly dest_namespace?: string;
  /** Leading parts of the source path that `dest_namespace` replaces; -1: all but the name. */
  readonly dest_namespace_replace_count?: number;
  readonly trigger?: ReplicationTrigger;
  /** Without it a tag that exists at the destination is skipped. */
  readonly override?: boolean;
  readonly enabled?: boolean;
  /** Only with trigger `event_based`. */
  readonly deletion?: boolean;
  /** Kilobits a second for each task; 0 is without limit. */
  readonly speed?: number;
  /** Only from Harbor to Harbor. */
  readonly copy_by_chunk?: boolean;
  /** Since Harbor 2.14. */
  readonly single_active_replication?: boolean;
}

/** If a policy is reversed, it is declared with one side and its live state has the other: the declared one wins. */
export function withOneRemote(merged: ReplicationSpec, live: ReplicationSpec): ReplicationSpec {
  if (merged.from === undefined || merged.to === undefined) return merged;
  const { from, to, ...rest } = merged;
  return live.from === undefined ? { ...rest, from } : { ...rest, to };
}

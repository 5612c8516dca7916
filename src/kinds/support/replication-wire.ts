import type { RegistryWire } from '../../harbor/wire';
import { either, flag, integer, key, list, needed, number, object, optional, text, type Shape } from '../../shape';
import { registryFields } from './registry-shape';

/** One filter. A missing decoration means `matches`. */
export interface ReplicationFilterWire {
  readonly type: string;
  /** Text; for labels a list of names. */
  readonly value: string | readonly string[];
  readonly decoration?: string;
}

/** As returned. Requests have the same form, with registries by id only. */
export interface ReplicationPolicyWire {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  /** Returned completely, but sent with only its id. Id 0, or a missing id, is this Harbor. */
  readonly src_registry?: Pick<RegistryWire, 'id'> & Partial<RegistryWire>;
  readonly dest_registry?: Pick<RegistryWire, 'id'> & Partial<RegistryWire>;
  readonly dest_namespace?: string;
  readonly dest_namespace_replace_count?: number;
  readonly trigger?: { readonly type: string; readonly trigger_settings?: { readonly cron?: string } };
  /** Null: everything is copied. */
  readonly filters: readonly ReplicationFilterWire[] | null;
  readonly deletion?: boolean;
  readonly override?: boolean;
  readonly enabled?: boolean;
  /** Kilobits a second. */
  readonly speed?: number;
  readonly copy_by_chunk?: boolean;
  /** Since Harbor 2.14. */
  readonly single_active_replication?: boolean;
}

const remote: Shape<NonNullable<ReplicationPolicyWire['src_registry']>> = object<
  NonNullable<ReplicationPolicyWire['src_registry']>
>({ id: integer, name: optional(text), type: optional(text), url: optional(text), ...registryFields });

/**
 * A filter that is not understood makes the whole policy unreadable, because without it the policy would copy
 * more.
 */
export const replicationPolicyShape: Shape<ReplicationPolicyWire> = object<ReplicationPolicyWire>({
  id: needed(integer),
  name: key(text),
  description: optional(text),
  src_registry: optional(remote),
  dest_registry: optional(remote),
  dest_namespace: optional(text),
  dest_namespace_replace_count: optional(integer),
  trigger: optional(
    object<NonNullable<ReplicationPolicyWire['trigger']>>({
      type: text,
      trigger_settings: optional(object<{ readonly cron?: string }>({ cron: optional(text) })),
    }),
  ),
  // The effect of a filter is only known if all of it is known: an absent value lets everything pass in Harbor, too.
  filters: list(
    object<{ readonly type: string; readonly value: string | readonly string[]; readonly decoration?: string }>({
      type: needed(text),
      value: either<string, readonly string[]>(text, list(text)),
      decoration: optional(text),
    }),
  ),
  deletion: optional(flag),
  override: optional(flag),
  enabled: optional(flag),
  speed: optional(number),
  copy_by_chunk: optional(flag),
  single_active_replication: optional(flag),
});

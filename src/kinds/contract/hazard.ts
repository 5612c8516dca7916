import type { Position, Refusal } from '../../diagnostic';
import type { Identity } from '../../harbor/client';
import type { Live } from './object';

/** Why a change may cause harm. The guard turns it into a refusal, or into a note of the plan. */
export interface Hazard extends Omit<Refusal, 'address'> {
  /** Named as in Sentinel: shown in the plan; refused unless `--target` names the address; refused with every flag. */
  readonly enforcement: 'advisory' | 'soft-mandatory' | 'hard-mandatory';
}

/**
 * A planned change of one object, with what is needed to judge its harm.
 *
 *     action      live      desired
 *     create      absent    set
 *     update      set       set
 *     replace     set       set       deleted and created again
 *     delete      set       absent
 */
export interface HazardContext<Spec extends object> {
  readonly action: 'create' | 'update' | 'replace' | 'delete';
  readonly live?: Live<Spec>;
  readonly desired?: Spec;
  /** Top-level fields. */
  readonly changed: readonly string[];
  /** Where the object is declared; absent for a deletion, and for the check of one object just before its write. */
  readonly at?: Position;
  readonly identity: Identity;
  /** Current specs of this kind. */
  readonly current: readonly Spec[];
  /** Specs of this kind after the whole plan. */
  readonly planned: readonly Spec[];
  /** Guarded fields of `desired` that are not declared. */
  readonly assumed: readonly string[];
  /** Objects of another kind; undefined if they were not read. */
  readonly others: (kind: string) => readonly Live<object>[] | undefined;
  /** Milliseconds since 1970; absent if no clock was read. */
  readonly nowMs?: number;
  /** As in `CheckContext`; absent for the check of one object just before its write. */
  readonly declared?: (kind: string, identity: string) => object | undefined;
  readonly harborVersion?: string;
}

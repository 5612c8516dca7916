import type { Client } from '../../harbor/client';
import type { SecretReference } from '../../secret-reference';
import type { Live, Refs } from './object';

/** What `list` of a kind may use. Reading changes nothing. */
export interface ReadContext {
  readonly client: Client;
  /** For a kind placed below another: names of the parents for which it is declared. Only these are read. */
  readonly parents: readonly string[];
  /** True for an export: it may cost a call of its own to distinguish a choice from a default. */
  readonly everything?: boolean;
  /** True after an apply, which has sent many requests anyway: more calls, if they take less time. */
  readonly hurry?: boolean;
  /** Wires of another kind, read once per run and shared (a retention is found through its project). */
  wires<Wire>(kind: string): Promise<readonly Wire[]>;
}

/**
 * A generated secret on its way to a file. It exists here only between Harbor's response and the write of the
 * file.
 */
export interface SecretDelivery {
  /** Identity of the robot, without the prefix that `username` has. */
  readonly robot: string;
  readonly file: string;
  readonly as: 'plain' | 'dockerconfigjson' | 'kubernetes-secret';
  readonly username: string;
  readonly secret: string;
  /** Name of the Kubernetes Secret, if `as` needs one. */
  readonly name: string;
}

/**
 * What `create`, `update` and `remove` of a kind may use. Every request through `client` is written to the
 * journal first.
 */
export interface WriteContext {
  readonly client: Client;
  readonly refs: Refs;
  /**
   * Resolves a secret on demand.
   * @throws SecretError
   */
  secret(reference: SecretReference): Promise<string>;
  /**
   * Whether `deliver` may write that file, checked before Harbor generates a secret that could not be stored.
   * `identity` is that of the robot.
   * @throws ApplyError if the file contains something else
   */
  checkDelivery(file: string, identity: string): Promise<void>;
  /** Writes a secret that Harbor returned once to a file of mode 0600, and nowhere else. */
  deliver(delivery: SecretDelivery): Promise<void>;
}

/**
 * A change of an existing object. An endpoint that replaces whole objects gets `merged`, any other only
 * `changed`.
 */
export interface Update<Spec extends object> {
  /** Read again just before this write. */
  readonly live: Live<Spec>;
  /** `live.spec` merged with the declared fields, for endpoints that replace whole objects. */
  readonly merged: Spec;
  /** Top-level fields that differ; a write-only field is listed if it must be written, too. */
  readonly changed: readonly (keyof Spec & string)[];
}

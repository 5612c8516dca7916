import { compact } from '../compact';
import type { Declaration } from '../declaration/declaration';
import type { Identity } from '../harbor/client';
import type { Diagnostic } from '../diagnostic';
import type { AccessRow } from '../harbor/access';
import type { KindRules, Live, SecretProof, Unreadable } from '../kinds/kind';
import { accessWarnings } from './access';
import { adoptionsOf } from './adoptions';
import { buildWorld } from './build-world';
import { changesToDeclared, deletesOfRemoved, deletesOfUndeclared, type Changes } from './changes';
import { expiryWarnings, type Expiry } from './expiry';
import { guard } from './guard';
import { goingAlong, linked, stillUsed } from './links';
import { notComparedSecrets } from './not-compared';
import { inOrder } from './order';
import type {
  Action,
  Change,
  Mode,
  Plan,
  PruneScope,
  UnmanagedObject,
  UnreadableObject,
  Unseen,
  Warning,
} from './plan';
import { recreatedWarnings } from './recreated';
import { idleRenames } from './renames';
import { chosenAddresses, checkAddresses, targeted } from './targets';
import { idleAcceptances, unmanagedObjects } from './unmanaged';
import { unreadableWarnings, withheldBy, type Withheld } from './unreadable';
import { versionWarnings } from './version';
import { type World } from './world';
import { compareText } from '../compare-text';

/** Everything that a plan depends on. There is no clock, no file and no request behind it. */
export interface PlanInput {
  /** Name and version, such as `breakwater 0.1.0`. */
  readonly tool: string;
  readonly declaration: Declaration;
  /** Objects that were read from Harbor, by kind. */
  readonly current: ReadonlyMap<string, readonly Live<object>[]>;
  /** Objects that could not be understood. Absent: none. */
  readonly unreadable?: readonly Unreadable[];
  readonly kinds: readonly KindRules[];
  readonly mode: Mode;
  /** Objects of other kinds, read only to report undeclared ones. Absent: not read. */
  readonly beyond?: ReadonlyMap<string, readonly Live<object>[]>;
  /** Other kinds that could not be read. */
  readonly unseen?: readonly Unseen[];
  /** Deletes only what was removed from the files since `base`, whatever `prune:` says. */
  readonly prune?: PruneScope;
  /** Declared objects that were not found, and that may exist. */
  readonly doubts?: readonly Unreadable[];
  /** Addresses or patterns; empty means everything. */
  readonly targets: readonly string[];
  /** Addresses, or patterns of them, whose secrets are rewritten although no change was found. */
  readonly rotate: readonly string[];
  /** The only changes that the plan may contain: the approved ones. Absent: all. */
  readonly approved?: ReadonlySet<string>;
  /** Results of testing secrets, by address. Absent: not tested. */
  readonly proofs?: ReadonlyMap<string, SecretProof>;
  /** Absent: expiry is not reported. */
  readonly expiry?: Expiry;
  /** Permissions of the credentials. Absent: everything. */
  readonly access?: readonly AccessRow[];
  /** What this version of Harbor does not support. Absent: everything is supported. */
  readonly outOfVersion?: readonly Diagnostic[];
  /**
   * Specs of the previous declaration, by address. Absent: adoption is not reported, and it is unknown which secrets
   * are new.
   */
  readonly base?: ReadonlyMap<string, object>;
  readonly identity: Identity;
  readonly target: Plan['target'];
}

/**
 * Compares the declaration with the live state. Pure: the same input gives the same bytes.
 *
 *      buildWorld ── changesToDeclared ── deletes ── links and order ── targets ── guard ── warnings, summary
 *         │               │                │             │
 *         │               │                │             └ dependencies first, deletions last and reversed
 *         │               │                └ of undeclared objects (prune:), or of what left the files (--prune removed)
 *         │               └ creates, updates, replaces
 *         └ declared and live objects by address
 *
 * @throws DeclarationError if `targets` or `rotate` match nothing
 */
export function makePlan(input: PlanInput): Plan {
  const { declaration, mode } = input;
  const world = buildWorld(declaration, input.current, input.kinds);
  checkAddresses(world, input.targets, input.rotate);
  const targets = chosenAddresses(world, input.targets);
  const rotate = chosenAddresses(world, input.rotate);
  const unreadable = input.unreadable ?? [];
  const withheld = withheldBy(world, unreadable);
  const { made, left } = without(withheld, changesToDeclared(world, mode, { ...input, rotate }));
  const deletes = input.prune
    ? deletesOfRemoved(world, declaration, input.base)
    : deletesOfUndeclared(world, declaration, mode);
  const all = inOrder(linked(new Map([...made, ...deletes]), world), world.ranks);
  const changes = targeted(all, targets, world).filter(({ address }) => input.approved?.has(address) ?? true);
  const differing = new Map([...left, ...changes].map((change) => [change.address, change]));
  const adoptions = adoptionsOf(world, differing, targets, input.base);
  const { refusals, accepts, notes } = guard({ ...input, changes, world, adoptions });
  const unmanaged = unmanagedObjects({ ...input, world, changes });
  return compact({
    schemaVersion: 1,
    tool: input.tool,
    declaration: declaration.hash,
    target: input.target,
    mode,
    changes: changes.map((change) => withAccepted(change, accepts)),
    refusals,
    warnings: [
      ...warningsOf(input, world, changes, left, [...unreadableWarnings(unreadable, withheld), ...notes]),
      ...idleAcceptances(declaration, unmanaged, new Set([...input.current.keys(), ...(input.beyond?.keys() ?? [])])),
    ],
    unreadable: unreadable.length === 0 ? undefined : unreadable.map(unreadableObject),
    notCompared: notComparedSecrets(world, changes, targets, input.proofs),
    unmanaged,
    unseen: input.unseen && input.unseen.length > 0 ? input.unseen : undefined,
    adoptions,
    summary: summaryOf(world, changes, unmanaged, left.length + untouched(all, changes), withheld.size),
  });
}

function without(withheld: Withheld, { made, left }: Changes): Changes {
  return {
    made: new Map([...made].filter(([address]) => !withheld.has(address))),
    left: left.filter(({ address }) => !withheld.has(address)),
  };
}

function unreadableObject({ address, reason, leftOver }: Unreadable): UnreadableObject {
  return compact({ address, reason, leftOver });
}

/** Declared objects that differ and that `--target` excluded. */
function untouched(all: readonly Change[], chosen: readonly Change[]): number {
  const toDeclared = (changes: readonly Change[]): number => changes.filter(({ action }) => action !== 'delete').length;
  return toDeclared(all) - toDeclared(chosen);
}

function withAccepted(change: Change, accepts: ReadonlyMap<string, readonly string[]>): Change {
  const rules = accepts.get(change.address);
  return rules ? { ...change, accepts: rules } : change;
}

function warningsOf(
  input: PlanInput,
  world: World,
  changes: readonly Change[],
  left: readonly Change[],
  more: readonly Warning[],
): Warning[] {
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  const general: Warning[] =
    input.declaration.objects.length === 0 ? [{ message: 'nothing is declared, so nothing can be compared' }] : [];
  const about = [
    ...left.map(({ address, action }) => ({
      address,
      message: `would be ${action}d; mode create-only does not change it`,
    })),
    ...more,
    ...idleRenames(world),
    ...secretWarnings(world, changes),
    ...expiryWarnings(world, changes, input.expiry),
    ...recreatedWarnings(changes, input.kinds),
    ...doubtful(input.doubts ?? [], byAddress),
    ...stillUsed(byAddress, world),
    ...goingAlong(byAddress, world),
  ];
  const denied = accessWarnings(input.access ?? [], input.mode, input.declaration.prune);
  const ofVersion = versionWarnings(input.outOfVersion ?? []);
  return [...general, ...ofVersion, ...denied, ...about.sort((a, b) => compareText(a.address ?? '', b.address ?? ''))];
}

/** An apply finds out: Harbor refuses to create what exists. */
function doubtful(doubts: readonly Unreadable[], changes: ReadonlyMap<string, Change>): Warning[] {
  return doubts.flatMap(({ address, reason }) =>
    changes.get(address)?.action !== 'create'
      ? []
      : [{ address, message: `planned as new, but these credentials may not see it; whether it exists: ${reason}` }],
  );
}

/** What has to be done elsewhere after a secret was written; the secret of a new object is not in use yet. */
function secretWarnings(world: World, changes: readonly Change[]): Warning[] {
  return changes.flatMap(({ action, address, fields }) => {
    if (action !== 'update') return [];
    const written = new Set(fields.map(({ path }) => path));
    const secrets = world.declared.get(address)?.rules.writeOnly.filter(({ field }) => written.has(field)) ?? [];
    return secrets.flatMap(({ field, afterWrite }) =>
      afterWrite === undefined ? [] : [{ address, message: `${field} is written: ${afterWrite}` }],
    );
  });
}

function summaryOf(
  world: World,
  changes: readonly Change[],
  unmanaged: readonly UnmanagedObject[],
  left: number,
  withheld: number,
): Plan['summary'] {
  const count = (action: Action): number => changes.filter((change) => change.action === action).length;
  const deleted = count('delete');
  const accepted = unmanaged.filter((object) => object.accepted !== undefined).length;
  const toDeclared = changes.length - deleted;
  return compact({
    create: count('create'),
    update: count('update'),
    replace: count('replace'),
    delete: deleted,
    unchanged: world.declared.size - toDeclared - left - withheld,
    left,
    unread: withheld > 0 ? withheld : undefined,
    unmanaged: unmanaged.length - accepted,
    accepted: accepted > 0 ? accepted : undefined,
  });
}

import { grouped } from '../grouped';
import { compact } from '../compact';
import type { Declaration } from '../declaration/declaration';
import type { Diagnostic, Refusal } from '../diagnostic';
import type { AccessRow } from '../harbor/access';
import type { Identity } from '../harbor/client';
import type { Hazard, HazardContext, KindRules, Live, Unreadable } from '../kinds/kind';
import { accessRefusals } from './access';
import { deletesInAdopted } from './adoptions';
import { FIXED_IN_PLACE } from './changes';
import { mergeOver, withGuarded } from './diff';
import type { Expiry } from './expiry';
import { topLevelField } from './field-path';
import type { Adoption, Change, Mode, PruneScope, Warning } from './plan';
import { renameClashes } from './renames';
import { versionRefusals } from './version';
import { addressOf, type World } from './world';

/** Everything that can be a reason to refuse. What is absent is not checked. */
export interface GuardInput {
  readonly changes: readonly Change[];
  readonly world: World;
  /** Objects that Harbor returned and that could not be understood. */
  readonly unreadable?: readonly Unreadable[];
  /** Objects that were read, by kind. */
  readonly current: ReadonlyMap<string, readonly Live<object>[]>;
  readonly expiry?: Expiry;
  readonly declaration: Declaration;
  readonly mode: Mode;
  /** The deletions are limited to what was removed from the files, which someone reviewed. */
  readonly prune?: PruneScope;
  readonly targets: readonly string[];
  readonly identity: Identity;
  readonly target: { readonly harborVersion?: string };
  readonly adoptions?: readonly Adoption[] | undefined;
  /** Permissions of the credentials. Absent: everything. */
  readonly access?: readonly AccessRow[];
  /** What this version of Harbor does not support. Absent: everything is supported. */
  readonly outOfVersion?: readonly Diagnostic[];
}

/** A hazard that a kind sees in a change, and whether it was accepted by naming the address. */
interface Seen {
  readonly change: Change;
  readonly hazard: Hazard;
  readonly accepted: boolean;
}

/**
 * Refusals stop the whole plan. Hazards that were accepted by name are part of the changes, so that `apply` notices a
 * new one.
 */
export interface Guarded {
  readonly refusals: readonly Refusal[];
  /** Accepted hazards by address, for the check just before the write. */
  readonly accepts: ReadonlyMap<string, readonly string[]>;
  /** Notes about a change that do not refuse it. */
  readonly notes: readonly Warning[];
}

/** In one run and of one kind, the larger of the two: a small Harbor must not need --target for every cleanup. */
const MAX_LOSSES = 3;
const MAX_LOSS_SHARE = 0.1;

/**
 * Why a plan is impossible, or too dangerous to apply. Each refusal names its rule and how to proceed.
 *
 *      rule                 stops                                                    passes with
 *      (version)            fields that this release does not have                   another declaration
 *      empty-declaration    a run that would delete everything                       a declaration
 *      external-missing     references to an object that is managed elsewhere        -
 *      too-many-deletes     more than 3, and more than a tenth of a kind             --target for each
 *      rename-clash         both the old and the new name are in Harbor              -
 *      delete-in-adopted    deleting inside an object that is managed since now      --target
 *      delete-needs-sync    deleting without mode sync and prune                     mode sync, prune
 *      replace-needs-sync   a field that Harbor cannot change in place               mode sync
 *      protected            losing an object with `protect: true`                    removing it
 *      (hazards of kinds)   what only the kind knows                                 --target, if soft
 *      no-permission        what these credentials may not do                        other credentials
 */
export function guard(input: GuardInput): Guarded {
  const seen = hazardsIn(input);
  const accepts = new Map<string, string[]>();
  for (const { change, hazard, accepted } of seen)
    if (accepted) accepts.set(change.address, [...(accepts.get(change.address) ?? []), hazard.rule]);
  const refusals = [
    ...versionRefusals(input.outOfVersion ?? []),
    ...emptyDeclaration(input),
    ...missingExternals(input.world, input.unreadable ?? []),
    ...tooManyLosses(input),
    ...renameClashes(input.world, input.targets),
    ...deletesInAdopted(input.world, input.changes, input.adoptions, input.targets),
    ...input.changes.flatMap((change) => [
      ...unaskedDelete(change, input),
      ...unaskedReplace(change, input),
      ...protectedLoss(change, input),
      ...seen.filter((one) => one.change === change && isRefused(one)).map(refusedHazard),
    ]),
    ...accessRefusals(input.changes, input.access ?? []),
  ];
  const notes = seen.flatMap(({ change, hazard }): Warning[] =>
    hazard.enforcement === 'advisory'
      ? [{ address: change.address, level: 'info', message: `${hazard.message}; ${hazard.hint}` }]
      : [],
  );
  return { refusals, accepts, notes };
}

/** Objects that refer to it could not be created, and this plan may not create it. */
function missingExternals({ missing }: World, unreadable: readonly Unreadable[]): Refusal[] {
  const returned = new Set(unreadable.map(({ address }) => address));
  return missing
    .filter(({ address }) => !returned.has(address))
    .map(({ address, at }) => ({
      rule: 'external-missing',
      address,
      message: `${address} is declared external (${at.file}:${at.line}), but Harbor does not have it`,
      hint: 'create it where it is managed, or remove external: true to manage it here',
    }));
}

function isRefused({ hazard, accepted }: Seen): boolean {
  return hazard.enforcement !== 'advisory' && !accepted;
}

/** A wrong --policies directory looks like a declaration of nothing, which sync would make true. */
function emptyDeclaration({ declaration, mode, prune, changes }: GuardInput): Refusal[] {
  if (declaration.objects.length > 0) return [];
  const wholeKinds = prune === undefined && mode === 'sync' && declaration.prune.length > 0;
  if (!wholeKinds && !(prune === 'removed' && changes.length > 0)) return [];
  const how = wholeKinds ? `--mode sync with prune (${declaration.prune.join(', ')})` : '--prune removed';
  return [
    {
      rule: 'empty-declaration',
      message: `nothing is declared, and ${how} would delete every object${wholeKinds ? '' : ' that was declared before'}`,
      hint: 'check --policies and --instance; declare at least one object, or remove `prune`',
    },
  ];
}

/** Protects against a wrong directory, overlay or merge, which would delete many objects at once. */
function tooManyLosses({ changes, world, targets }: GuardInput): Refusal[] {
  const losses = changes.filter(
    ({ action, address }) => (action === 'delete' || action === 'replace') && !targets.includes(address),
  );
  return [...grouped(losses, ({ kind }) => kind)].flatMap(([kind, lost]): Refusal[] => {
    const live = [...world.found.values()].filter(({ rules }) => rules.name === kind).length;
    const most = Math.max(MAX_LOSSES, Math.floor(live * MAX_LOSS_SHARE));
    if (lost.length <= most) return [];
    return [
      {
        rule: 'too-many-deletes',
        message: `${lost.length} of ${live} ${kind} objects would be deleted or replaced; at most ${most} in one run (${MAX_LOSSES}, or 10 %)`,
        hint: 'pass --target for each, or remove them in smaller steps',
      },
    ];
  });
}

function unaskedDelete({ action, kind, address }: Change, { mode, prune, declaration }: GuardInput): Refusal[] {
  if (action !== 'delete' || prune === 'removed' || (mode === 'sync' && declaration.prune.includes(kind))) return [];
  return [
    {
      rule: 'delete-needs-sync',
      address,
      message: `${address} would be deleted, in mode ${mode}`,
      hint: `run with --mode sync and declare \`prune: { ${kind}: true }\``,
    },
  ];
}

/** Only the fields that cannot be changed in place are named: the others change in any mode. */
function unaskedReplace({ action, kind, address, fields }: Change, { mode }: GuardInput): Refusal[] {
  if (action !== 'replace' || mode === 'sync') return [];
  const fixed = fields.filter(({ why }) => why === FIXED_IN_PLACE).map(({ path }) => path);
  return [
    {
      rule: 'replace-needs-sync',
      address,
      message: `Harbor cannot change ${fixed.join(', ')} of ${address} in place; it would be deleted, with everything in it, and recreated`,
      hint: `declare a new ${kind} with another name, move its users to it, then delete this one; or run with --mode sync to replace it`,
    },
  ];
}

/**
 * `protect: true` on an object also protects what is inside it, and what it is inside of:
 *
 *      would be lost           protected by
 *      project/a               itself, or any declared object inside it that is in Harbor, such as robot/a+ci
 *      robot/a+ci              itself, or project/a
 */
function protectedLoss(change: Change, { world }: GuardInput): Refusal[] {
  if (change.action !== 'delete' && change.action !== 'replace') return [];
  const self = world.declared.get(change.address);
  const owner = world.declared.get(self?.owner ?? world.found.get(change.address)?.owner ?? '');
  // What is inside is lost, too: a recreated robot has another secret.
  const below = [...world.declared.values()].filter(
    (one) => one.owner === change.address && world.found.has(one.address),
  );
  const guardian = [self, owner, ...below].find((object) => object?.protect);
  if (!guardian) return [];
  const { address, at } = guardian;
  return [
    {
      rule: 'protected',
      address: change.address,
      message: `${change.address} would be ${change.action}d, and ${address} is protected`,
      hint: `remove \`protect: true\` at ${at.file}:${at.line} first`,
    },
  ];
}

/** Each kind judges its own changes; the planned specs of a kind are calculated once, for thousands of changes. */
function hazardsIn(input: GuardInput): Seen[] {
  const outcomes = new Map<string, readonly object[]>();
  return input.changes.flatMap((change) => {
    const rules = rulesOf(change, input.world);
    if (!rules?.hazards) return [];
    const planned = outcomes.get(change.kind) ?? plannedSpecs(change.kind, input);
    outcomes.set(change.kind, planned);
    return rules.hazards(hazardContext(change, input, planned)).map((hazard) => {
      const accepted = hazard.enforcement === 'soft-mandatory' && input.targets.includes(change.address);
      return { change, hazard, accepted };
    });
  });
}

function hazardContext(
  change: Change,
  { world, identity, current, expiry, target }: GuardInput,
  planned: readonly object[],
): HazardContext<object> {
  const live = world.found.get(change.address)?.live;
  const declared = world.declared.get(change.address);
  const sameKind = [...world.found.values()].filter(({ rules }) => rules.name === change.kind);
  return compact({
    action: change.action,
    live: live && change.action !== 'create' ? live : undefined,
    desired: change.desired,
    at: change.at,
    changed: [...new Set(change.fields.map(({ path }) => topLevelField(path)))],
    identity,
    current: sameKind.map((one) => one.live.spec),
    planned,
    assumed: declared && live ? withGuarded(declared.spec, live.spec, declared.rules.guarded).assumed : [],
    others: (kind) => current.get(kind),
    nowMs: expiry?.nowMs,
    declared: (kind, identity) => world.declared.get(addressOf({ kind, identity }))?.spec,
    harborVersion: target.harborVersion,
  });
}

/** Specs of one kind after the whole plan. */
function plannedSpecs(kind: string, { world, changes }: GuardInput): object[] {
  const changed = new Map(changes.filter((change) => change.kind === kind).map((change) => [change.address, change]));
  const stay = [...world.found.values()].filter(({ rules, address }) => rules.name === kind && !changed.has(address));
  const become = [...changed.values()].flatMap(({ action, address, desired }) => {
    const found = world.found.get(address);
    if (!desired) return [];
    return [found && action === 'update' ? mergeOver(found.live.spec, desired, found.rules) : desired];
  });
  return [...stay.map(({ live }) => live.spec), ...become];
}

function rulesOf({ address }: Change, world: World): KindRules | undefined {
  return world.declared.get(address)?.rules ?? world.found.get(address)?.rules;
}

function refusedHazard({ change, hazard }: Seen): Refusal {
  const named = hazard.enforcement === 'soft-mandatory' ? `; to proceed anyway, pass --target ${change.address}` : '';
  return { rule: hazard.rule, address: change.address, message: hazard.message, hint: `${hazard.hint}${named}` };
}

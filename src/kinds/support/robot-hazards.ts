import type { Hazard, HazardContext, Live } from '../kind';
import { robotEnd } from './robot-life';
import type { RobotPermissions, RobotSpec } from './robot-spec';

type Context = HazardContext<RobotSpec>;

const DAY_MS = 86_400_000;

/**
 * For the robot of this run, any loss is refused with every flag: the run would end in the middle.
 *
 *     this robot: deleted, disabled, shorter, fewer permissions     refused with every flag
 *     any robot that would expire at once                          refused without --target
 *     a robot of Harbor itself                                     refused with every flag
 */
export function robotHazards(context: Context): Hazard[] {
  return [...lossOfSelf(context), ...endsNow(context), ...notEditable(context)];
}

/** After any of these, neither this run nor the next one could continue. */
function lossOfSelf(context: Context): Hazard[] {
  const { live, identity } = context;
  const name = live?.facts?.['full_name'];
  if (!live || typeof name !== 'string' || identity.robot?.name !== name) return [];
  return lossesOf(context, live).map((loss) => ({
    rule: 'own-robot',
    message: `this run uses ${name} and would ${loss}`,
    enforcement: 'hard-mandatory',
    hint: 'run with another identity',
  }));
}

/** Everything that can stop a client that works now. A longer lifetime or one more permission is no loss. */
function lossesOf({ action, desired, assumed }: Context, { spec }: Live<RobotSpec>): string[] {
  if (action === 'delete' || action === 'replace') return ['delete it'];
  const taken = desired ? takenAway(spec, declaredIn(desired, assumed)) : [];
  return [
    ...(desired?.disable === true ? ['disable it'] : []),
    ...(isShorter(spec.duration, desired?.duration) ? ['shorten its lifetime'] : []),
    ...(taken.length === 0 ? [] : [`remove permissions from it (${taken.join(', ')})`]),
  ];
}

/** Days from creation; -1 is forever. */
function isShorter(now: number | undefined, wanted: number | undefined): boolean {
  if (now === undefined || wanted === undefined || wanted === -1) return false;
  return now === -1 || wanted < now;
}

/** Permissions that someone granted manually may be removed. */
function declaredIn(permissions: RobotPermissions, assumed: readonly string[]): RobotPermissions {
  return Object.fromEntries(Object.entries(permissions).filter(([field]) => !assumed.includes(field)));
}

/** An undeclared field does not change, so nothing is removed. */
function takenAway(now: RobotPermissions, wanted: RobotPermissions): string[] {
  const kept = new Set([...pairsOf(now, wanted)]);
  for (const pair of pairsOf(wanted, wanted)) kept.delete(pair);
  return [...kept];
}

/** Only of the parts that are declared: a part that is left out is not changed. */
function pairsOf({ access, system, projects }: RobotPermissions, declared: RobotPermissions): string[] {
  return [
    ...(declared.access ? (access ?? []) : []),
    ...(declared.system ? (system ?? []) : []),
    ...Object.entries((declared.projects && projects) ?? {}).flatMap(([project, pairs]) =>
      pairs.map((pair) => `${pair} in ${project}`),
    ),
  ];
}

/** Harbor counts from the creation: a smaller number can expire a robot at once. */
function endsNow({ live, desired, nowMs }: Context): Hazard[] {
  const end = live && robotEnd(live);
  const { duration: now } = live?.spec ?? {};
  const wanted = desired?.duration;
  if (!end || nowMs === undefined || now === undefined || wanted === undefined || wanted === -1) return [];
  const endsMs = end.atS * 1_000 + (wanted - now) * DAY_MS;
  if (end.atS * 1_000 <= nowMs || endsMs > nowMs) return [];
  return [
    {
      rule: 'robot-expires',
      message: `robot ${live.identity} would expire at once, because the duration counts from its creation: every login with it would be refused`,
      enforcement: 'soft-mandatory',
      hint: 'declare a larger duration',
    },
  ];
}

function notEditable({ live }: Context): Hazard[] {
  if (live?.facts?.['editable'] !== false) return [];
  return [
    {
      rule: 'not-editable',
      message: `robot ${live.identity} was created by Harbor and cannot be changed`,
      enforcement: 'hard-mandatory',
      hint: 'declare a robot with another name',
    },
  ];
}

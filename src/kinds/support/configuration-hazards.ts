import type { Json, JsonObject } from '../../json';
import type { Hazard, HazardContext } from '../kind';
import { CONFIGURATION_KEYS } from './configuration-keys';
import { isOwnedByEnvironment } from './configuration-notes';

type Context = HazardContext<JsonObject>;

const DATABASE = 'db_auth';

/**
 * Every change of a setting that can lock people or machines out. Ordinary settings have no hazard.
 *
 *     a key that Harbor does not let anyone change     refused with every flag
 *     auth_mode, and this run is not user 1            refused with every flag
 *     auth_mode, from another mode than db_auth        refused without --target
 *     robot_name_prefix, and this run is a robot       refused with every flag
 *     robot_name_prefix otherwise                      refused without --target
 *     read_only: true                                  refused without --target
 *     a key that Harbor never empties again            refused if emptied, a note if first set
 */
export function configurationHazards(context: Context): Hazard[] {
  return [
    ...notEditable(context),
    ...lossOfLogin(context),
    ...lossOfAccounts(context),
    ...renamedRobots(context),
    ...readOnly(context),
    ...neverEmptied(context),
  ];
}

function notEditable({ live, changed }: Context): Hazard[] {
  const fixed = (live?.facts?.['not_editable'] ?? []) as readonly string[];
  const wanted = changed.filter((key) => fixed.includes(key));
  if (wanted.length === 0) return [];
  return [
    isOwnedByEnvironment(fixed)
      ? {
          rule: 'not-editable',
          message: `${wanted.join(', ')}: CONFIG_OVERWRITE_JSON in the environment of Harbor's core fixes the configuration`,
          enforcement: 'hard-mandatory',
          hint: 'change it there and restart core, or remove the variable and declare the configuration here',
        }
      : {
          rule: 'not-editable',
          message: 'auth_mode cannot be changed: Harbor has users besides admin',
          enforcement: 'hard-mandatory',
          hint: 'delete these users first; their memberships are deleted too',
        },
  ];
}

/** Users of the old mode cannot log in under the new one; user 1 can, in every mode (docs/harbor-behavior.md 2.4). */
function lossOfLogin({ changed, identity }: Context): Hazard[] {
  if (!changed.includes('auth_mode') || identity.user?.localAdmin === true) return [];
  return [
    {
      rule: 'own-login',
      message: `auth_mode would change, and ${identity.user?.username ?? 'this user'} could not log in afterwards`,
      enforcement: 'hard-mandatory',
      hint: 'run as the local admin (user 1), who can log in under every auth_mode',
    },
  ];
}

/** Changing db_auth loses no user: Harbor changes the mode only while admin is the only user. */
function lossOfAccounts({ changed, live, desired }: Context): Hazard[] {
  const { auth_mode: before = DATABASE } = live?.spec ?? {};
  if (!changed.includes('auth_mode') || before === DATABASE) return [];
  return [
    {
      rule: 'login-change',
      message: `auth_mode would change from ${textOf(before)} to ${textOf(desired?.['auth_mode'])}: accounts of ${textOf(before)} could not log in any more, and its groups would have no permissions`,
      enforcement: 'soft-mandatory',
      hint: 'tell the users first, and declare who may log in afterwards',
    },
  ];
}

/** A robot logs in with its full name, which begins with the prefix. */
function renamedRobots({ changed, live, desired, identity, others }: Context): Hazard[] {
  if (!changed.includes('robot_name_prefix')) return [];
  const change = `robot_name_prefix would change from "${textOf(live?.spec['robot_name_prefix'])}" to "${textOf(desired?.['robot_name_prefix'])}"`;
  if (identity.robot)
    return [
      {
        rule: 'own-robot',
        message: `${change}: this run uses ${identity.robot.name}, which would not exist any more`,
        enforcement: 'hard-mandatory',
        hint: 'run with a user only, and change the name of the robot in harbor: afterwards',
      },
    ];
  const robots = others('robot');
  const known = robots === undefined ? '' : ` (${robots.length} ${robots.length === 1 ? 'was' : 'were'} read)`;
  return [
    {
      rule: 'robot-prefix',
      message: `${change}: this renames every robot${known}, and logins under the old names are refused at once`,
      enforcement: 'soft-mandatory',
      hint: 'keep the prefix, or prepare to give every client its new user name',
    },
  ];
}

/** Harbor returns 400 `the configure value can not be empty`, also for admin. */
function neverEmptied({ changed, live, desired, at }: Context): Hazard[] {
  const where = at === undefined ? '' : ` at ${at.file}:${at.line}`;
  return changed.flatMap((key): Hazard[] => {
    if (!CONFIGURATION_KEYS[key]?.neverEmptied) return [];
    const [before, after] = [live?.spec[key] ?? '', desired?.[key] ?? ''];
    if (after === '')
      return [
        {
          rule: 'cannot-be-emptied',
          message: `${key} is declared empty${where}, and is ${textOf(before)} in Harbor, which never empties it again`,
          enforcement: 'hard-mandatory',
          hint: `remove the line: the value has no effect unless auth_mode is ldap_auth; or declare another server`,
        },
      ];
    if (before !== '') return [];
    return [
      {
        rule: 'cannot-be-emptied',
        message: `${key} is set for the first time${where}: from then on it can be replaced, but Harbor never empties it again`,
        enforcement: 'advisory',
        hint: 'remove it from the policies first if LDAP is only being tried out',
      },
    ];
  });
}

/** Soft: it is right for a maintenance, and a trap if it stays. Switching it off is never a hazard. */
function readOnly({ changed, live, desired }: Context): Hazard[] {
  if (!changed.includes('read_only') || desired?.['read_only'] !== true || live?.spec['read_only'] === true) return [];
  return [
    {
      rule: 'read-only',
      message:
        'read_only would be switched on: nothing can be pushed or deleted, and proxy cache projects store nothing new',
      enforcement: 'soft-mandatory',
      hint: 'use it only for maintenance',
    },
  ];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

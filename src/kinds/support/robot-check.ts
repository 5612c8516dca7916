import type { Finding } from '../kind';
import { isHarborName, NAME_RULE } from './names';
import { checkPairs } from './robot-permissions';
import type { RobotSpec } from './robot-spec';
import { permissionsToWire } from './robot-wire';

/** Checks of a robot that the schema cannot express. */
export function checkRobot(spec: RobotSpec): Finding[] {
  return [...checkName(spec), ...checkSecret(spec), ...checkDuration(spec), ...checkPermissions(spec)];
}

function checkName({ name }: RobotSpec): Finding[] {
  return isHarborName(name)
    ? []
    : [{ rule: 'robot-name', message: `"${name}" is not a valid robot name: ${NAME_RULE}` }];
}

/**
 *      secret       secret_to     finding
 *      declared     -             none: Breakwater sends it
 *      -            declared      none: Harbor generates it, and it is written to that file once
 *      declared     declared      which one would be written to the file?
 *      -            -             Harbor would generate a secret that is lost with the response
 */
function checkSecret({ secret, secret_to }: RobotSpec): Finding[] {
  if ((secret === undefined) !== (secret_to === undefined)) return [];
  if (secret)
    return [
      {
        rule: 'robot-secret',
        field: 'secret_to',
        message: 'a robot can have secret or secret_to, not both',
      },
    ];
  return [
    {
      rule: 'robot-secret',
      message: "Harbor returns a robot's secret only at creation: say where to store it",
      hint: 'declare secret: { env: … }, or secret_to: { file: …, as: plain }',
    },
  ];
}

/** Harbor refuses 0 (400). The schema cannot say "-1, or 1 and more" in one range. */
function checkDuration({ duration }: RobotSpec): Finding[] {
  if (duration !== 0) return [];
  return [
    {
      rule: 'robot-duration',
      field: 'duration',
      message: 'must be at least one day',
      hint: 'write -1 for a robot that never expires',
    },
  ];
}

/**
 * Each block must grant something: Harbor returns 400 for an empty one. Pairs are checked against the catalogue of `GET
 * /permissions`, offline.
 */
function checkPermissions(spec: RobotSpec): Finding[] {
  const { access = [], system = [], projects = {}, project } = spec;
  const findings = [
    ...checkPairs('project', access, 'access'),
    ...checkPairs('system', system, 'system'),
    ...Object.entries(projects).flatMap(([name, pairs]) => checkPairs('project', pairs, `projects.${name}`)),
  ];
  const granted = permissionsToWire(spec);
  if (granted.length > 0 && granted.every((permission) => permission.access?.length)) return findings;
  const hint = project === undefined ? 'declare system, projects or both' : 'declare access';
  return [...findings, { rule: 'robot-permission', message: 'Harbor refuses a robot without permissions', hint }];
}

import { specsOf } from './declared';
import type { Rule } from './rule';

/**
 * -1 is the only duration that never ends (docs/harbor-behavior.md 8.3). A large number is judged by the ceilings of
 * the organization (HP051).
 */
export const hp011: Rule = {
  id: 'HP011',
  title: 'every robot expires',
  severity: 'high',
  why: 'The secret of a robot that never expires works until the robot is deleted (Harbor: controller/robot, duration -1).',
  declared: {
    judge: (declared) =>
      specsOf(declared, 'robot')
        .filter(({ spec }) => spec.duration === -1)
        .map(({ address }) => ({
          address,
          field: 'duration',
          message: 'it never expires',
          hint: 'declare a duration in days, such as 90',
        })),
    good: {
      robots: {
        r: { duration: 90, secret: { env: 'S' }, projects: { library: [{ resource: 'repository', action: 'pull' }] } },
      },
    },
    bad: {
      robots: {
        r: { duration: -1, secret: { env: 'S' }, projects: { library: [{ resource: 'repository', action: 'pull' }] } },
      },
    },
  },
};

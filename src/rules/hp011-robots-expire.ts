import { specsOf } from './declared';
import type { Rule } from './rule';

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

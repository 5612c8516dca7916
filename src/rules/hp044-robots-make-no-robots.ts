import { specsOf } from './declared';
import type { Rule } from './rule';

const POWERS = /^(?:robot|user|user-group|configuration|system-configuration):(?:create|update|delete)$/;

/**
 * Some of these pairs Harbor would not grant (docs/harbor-behavior.md 3.1, 8.5). They are findings anyway, because a
 * later release may.
 */
export const hp044: Rule = {
  id: 'HP044',
  title: 'no robot can administer Harbor',
  severity: 'high',
  why: 'A robot that may create robots or change users can give itself every permission, and its secret is in CI (Harbor docs: system robot accounts).',
  declared: {
    judge: (declared) =>
      specsOf(declared, 'robot').flatMap(({ address, spec }) => {
        const powers = (spec.system ?? []).filter((pair) => POWERS.test(pair));
        if (powers.length === 0) return [];
        return [
          {
            address,
            field: 'system',
            message: `it may ${powers.join(', ')}`,
            hint: 'use a user account for this; add a waiver for the robot that Breakwater logs in with',
          },
        ];
      }),
    good: { robots: { r: { duration: 90, secret: { env: 'S' }, system: [{ resource: 'registry', action: 'list' }] } } },
    bad: { robots: { r: { duration: 90, secret: { env: 'S' }, system: [{ resource: 'robot', action: 'create' }] } } },
  },
};

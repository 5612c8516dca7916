import { settingsOf } from './declared';
import type { Rule } from './rule';

/** Minutes. */
const MOST = { session_timeout: 60, token_expiration: 30 } as const;

/** The limits are Harbor's own defaults, so a declaration that leaves the fields out is never worse. */
export const hp029: Rule = {
  id: 'HP029',
  title: 'sessions and tokens expire soon',
  severity: 'medium',
  why: 'A token works until it expires, even if its account is revoked (Harbor: lib/config/metadata; defaults 60 and 30 minutes).',
  declared: {
    judge: (declared) => {
      const { address, settings } = settingsOf(declared);
      return Object.entries(MOST).flatMap(([key, most]) => {
        const value = settings[key];
        if (typeof value !== 'number' || value <= most) return [];
        return [{ address, field: key, message: `${key} is ${value} minutes`, hint: `declare at most ${most}` }];
      });
    },
    good: { configuration: { session_timeout: 60, token_expiration: 30 } },
    bad: { configuration: { token_expiration: 1440 } },
  },
};

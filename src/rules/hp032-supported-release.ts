import { isBefore } from '../release';
import type { Rule } from './rule';

/** The oldest of the three newest minor releases (Harbor: RELEASES.md). */
const OLDEST_SUPPORTED = '2.13';

/**
 * Judges the declared version. Without one there is no finding. A constant and not a calendar: `validate` makes no
 * requests, and the same policies must get the same findings tomorrow.
 */
export const hp032: Rule = {
  id: 'HP032',
  title: 'the release of Harbor is supported',
  severity: 'high',
  why: 'The Harbor project maintains its three newest minor releases; an older one keeps its known vulnerabilities (Harbor: RELEASES.md). Known faults of a release are listed in docs/reference/advisories.md.',
  declared: {
    judge: ({ harbor }) => {
      if (harbor?.version === undefined || !isBefore(harbor.version, OLDEST_SUPPORTED)) return [];
      return [
        {
          address: 'harbor',
          message: `Harbor ${harbor.version} is no longer supported`,
          hint: `upgrade to ${OLDEST_SUPPORTED} or later, one minor release after the other`,
        },
      ];
    },
    good: { harbor: { url: 'https://harbor.example.com', version: '2.15' } },
    bad: { harbor: { url: 'https://harbor.example.com', version: '2.11' } },
  },
};

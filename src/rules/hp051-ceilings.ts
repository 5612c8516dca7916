import { parseSize } from '../kinds/support/size';
import { fieldsIn, organisationOf } from './declared';
import type { Rule } from './rule';

/**
 * Only numbers are compared. A negative value is without limit and above every ceiling; a ceiling of -1 allows
 * everything.
 */
export const hp051: Rule = {
  id: 'HP051',
  title: 'no value exceeds the organization’s ceiling',
  severity: 'high',
  why: 'Teams can set their own limits too high, or remove them with -1 (Harbor: quotas, robots and proxy limits accept -1 for no limit). Applies if rules.ceilings is declared.',
  declared: {
    judge: (declared) => {
      const { ceilings = {} } = organisationOf(declared);
      const fieldsOf = fieldsIn(declared);
      return declared.objects.flatMap((object) =>
        Object.entries(ceilings[object.kind] ?? {}).flatMap(([field, most]) =>
          fieldsOf(object, field)
            .filter((value) => typeof value === 'number' && isAbove(value, parseSize(most)))
            .map((value) => ({
              address: object.address,
              field,
              message: `${field} is ${value === -1 ? 'without limit' : `above the ceiling`}: the maximum is ${most}`,
              hint: `declare ${field}: ${most} or less`,
            })),
        ),
      );
    },
    good: {
      rules: { ceilings: { robot: { duration: 90 }, project: { storage_limit: '1TiB' } } },
      projects: { p: { storage_limit: '1GiB' } },
    },
    bad: {
      rules: { ceilings: { robot: { duration: 90 }, project: { storage_limit: '1TiB' } } },
      projects: { p: { storage_limit: 'unlimited' } },
    },
  },
};

/**
 *      value   ceiling   above
 *      90      90        no
 *      91      90        yes
 *      -1      90        yes: no limit
 *      365     -1        no: the organization sets no limit
 */
function isAbove(value: number, most: number): boolean {
  return most >= 0 && (value < 0 || value > most);
}

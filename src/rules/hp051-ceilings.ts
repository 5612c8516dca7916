import { parseSize } from '../kinds/support/size';
import { fieldsOf, organisationOf } from './declared';
import type { Rule } from './rule';

export const hp051: Rule = {
  id: 'HP051',
  title: 'no number is above the ceiling of the organisation',
  severity: 'high',
  why: 'A limit that each team sets for itself does not limit the whole, and -1 switches it off (Harbor: quotas, robots and proxy limits take -1 for no limit). Judged where rules.ceilings is declared.',
  declared: {
    judge: (declared) => {
      const { ceilings = {} } = organisationOf(declared);
      return declared.objects.flatMap((object) =>
        Object.entries(ceilings[object.kind] ?? {}).flatMap(([field, most]) =>
          fieldsOf(declared, object, field)
            .filter((value) => typeof value === 'number' && isAbove(value, parseSize(most)))
            .map((value) => ({
              address: object.address,
              field,
              message: `${field} is ${value === -1 ? 'without limit' : `above the ceiling`}: at most ${most} is allowed`,
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

function isAbove(value: number, most: number): boolean {
  return most >= 0 && (value < 0 || value > most);
}

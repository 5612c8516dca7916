import { fieldsIn, organisationOf } from './declared';
import type { Rule } from './rule';

/**
 * A field from `defaults` counts: the merged object is judged. Fields below a project, such as its quota, are objects
 * of their own and count, too (`fieldsIn`).
 */
export const hp050: Rule = {
  id: 'HP050',
  title: 'objects declare the fields that the organization requires',
  severity: 'high',
  why: 'A field that is not declared is left as it is in Harbor, no matter who set it (docs/guides/declaration.md). Applies if rules.required is declared.',
  declared: {
    judge: (declared) => {
      const { required = {} } = organisationOf(declared);
      const fieldsOf = fieldsIn(declared);
      return declared.objects.flatMap((object) => {
        const missing = (required[object.kind] ?? []).filter((field) => fieldsOf(object, field).length === 0);
        if (missing.length === 0) return [];
        const message = `it does not declare ${missing.join(', ')}`;
        return [{ address: object.address, message, hint: 'declare it here, or in defaults' }];
      });
    },
    good: {
      rules: { required: { project: ['storage_limit'] } },
      projects: { p: { storage_limit: '1GiB' } },
    },
    bad: { rules: { required: { project: ['storage_limit'] } }, projects: { p: {} } },
  },
};

import type { Rule } from './rule';

/** A project that is created public is not a change: HP023 and HP024 judge it where it is declared. */
export const hp052: Rule = {
  id: 'HP052',
  title: 'no change makes a project public',
  severity: 'medium',
  why: 'From then on anyone who can reach Harbor can pull its images, without an account (Harbor docs: create projects). Making it private again does not undo pulls.',
  planned: {
    judge: (changes) =>
      changes
        .filter(({ kind, action }) => kind === 'project' && (action === 'update' || action === 'replace'))
        .filter(({ fields }) =>
          fields.some(({ path, before, after }) => path === 'public' && before !== true && after === true),
        )
        .map(({ address }) => ({
          address,
          field: 'public',
          message: 'it becomes public: anyone can pull its images',
          hint: 'check its content first; add a waiver if this is intended',
        })),
    good: [
      {
        action: 'update',
        kind: 'project',
        address: 'project/p',
        fields: [{ path: 'public', before: true, after: false }],
      },
    ],
    bad: [
      {
        action: 'update',
        kind: 'project',
        address: 'project/p',
        fields: [{ path: 'public', before: false, after: true }],
      },
    ],
  },
};

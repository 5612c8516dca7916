import type { Rule } from './rule';

export const hp052: Rule = {
  id: 'HP052',
  title: 'no change opens a project to everybody',
  severity: 'medium',
  why: 'From that moment everybody who reaches Harbor can pull what is in it, without an account (Harbor docs: create projects). Closing it again does not take back what was pulled.',
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
          message: 'it becomes public: everybody can pull what is in it',
          hint: 'look at what it holds first; waive it where that is meant',
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

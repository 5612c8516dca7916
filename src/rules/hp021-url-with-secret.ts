import type { Rule } from './rule';

export const hp021: Rule = {
  id: 'HP021',
  title: 'the URL of a registry changes together with its secret',
  severity: 'medium',
  why: 'Harbor forgets the stored secret of a registry whose URL changes without one, and answers 200: every pull of what is not cached yet fails from then on (goharbor/harbor#23671).',
  planned: {
    judge: (changes) =>
      changes
        .filter(({ kind, action }) => kind === 'registry' && action === 'update')
        .filter(({ fields }) => fields.some(({ path }) => path === 'url'))
        .filter(({ fields }) => !fields.some(({ path }) => path === 'credential.access_secret'))
        .map(({ address }) => ({
          address,
          field: 'url',
          message: 'its URL changes and no secret is written: if Harbor has one for it, it is cleared',
          hint: 'declare credential: { access_key, access_secret }; waive it where the registry has no account',
        })),
    good: [
      {
        action: 'update',
        kind: 'registry',
        address: 'registry/own',
        fields: [
          { path: 'url', before: 'https://old.example.com', after: 'https://new.example.com' },
          { path: 'credential.access_secret', after: { env: 'S' }, writeOnly: true },
        ],
      },
    ],
    bad: [
      {
        action: 'update',
        kind: 'registry',
        address: 'registry/own',
        fields: [{ path: 'url', before: 'https://old.example.com', after: 'https://new.example.com' }],
      },
    ],
  },
};

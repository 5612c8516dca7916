import type { Rule } from './rule';

/**
 * A plan does not know whether Harbor has a secret, because Harbor does not return it. So a registry without an account
 * is a finding, too, and needs a waiver.
 */
export const hp021: Rule = {
  id: 'HP021',
  title: 'a registry’s URL is only changed together with its secret',
  severity: 'medium',
  why: "If a registry's URL changes without a secret, Harbor clears the stored secret and returns 200: pulls of images that are not cached then fail (goharbor/harbor#23671).",
  planned: {
    judge: (changes) =>
      changes
        .filter(({ kind, action }) => kind === 'registry' && action === 'update')
        .filter(({ fields }) => fields.some(({ path }) => path === 'url'))
        .filter(({ fields }) => !fields.some(({ path }) => path === 'credential.access_secret'))
        .map(({ address }) => ({
          address,
          field: 'url',
          message: 'its URL changes but no secret is written: if Harbor has one, it is cleared',
          hint: 'declare credential: { access_key, access_secret }; add a waiver if the registry has no account',
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

import { organisationOf, specsOf } from './declared';
import type { Rule } from './rule';

export const hp022: Rule = {
  id: 'HP022',
  title: 'somebody answers for each account at an upstream',
  severity: 'medium',
  why: 'An account that can write lets anyone who breaks into Harbor replace images at the source (Harbor docs: configure proxy cache, on the account). No request can show that an account only reads: a person has to say it. Judged where rules.accounts is declared.',
  declared: {
    looksAt: 'registry',
    judge: (declared) => {
      const { accounts } = organisationOf(declared);
      if (!accounts) return [];
      return specsOf(declared, 'registry')
        .filter(({ identity, spec }) => spec.credential !== undefined && !Object.hasOwn(accounts, identity))
        .map(({ address, identity }) => ({
          address,
          message: 'nobody answers for its account',
          hint: `declare rules.accounts: { ${identity}: { owner: …, read_only: true } }`,
        }));
    },
    good: {
      rules: { accounts: { own: { owner: 'platform', read_only: true } } },
      registries: {
        own: {
          type: 'docker-registry',
          url: 'https://registry.example.com',
          credential: { access_key: 'bot', access_secret: { env: 'S' } },
        },
      },
    },
    bad: {
      rules: { accounts: {} },
      registries: {
        own: {
          type: 'docker-registry',
          url: 'https://registry.example.com',
          credential: { access_key: 'bot', access_secret: { env: 'S' } },
        },
      },
    },
  },
};

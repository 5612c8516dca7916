import { organisationOf, specsOf } from './declared';
import type { Rule } from './rule';

/**
 * A person declares `read_only`, and the schema accepts only `true`. No request can check it: the rule can only require
 * that someone has signed. A registry without a credential needs no owner, and an `aws-ecr` that uses the role of its
 * machine has no account that could be listed here.
 */
export const hp022: Rule = {
  id: 'HP022',
  title: 'every upstream account has an owner',
  severity: 'medium',
  why: 'With an account that can write, an attacker in Harbor can replace images at the source (Harbor docs: configure proxy cache, on the account). No request can show that an account is read-only, so a person has to declare it. Applies if rules.accounts is declared.',
  declared: {
    looksAt: 'registry',
    judge: (declared) => {
      const { accounts } = organisationOf(declared);
      if (!accounts) return [];
      return specsOf(declared, 'registry')
        .filter(({ identity, spec }) => spec.credential !== undefined && !Object.hasOwn(accounts, identity))
        .map(({ address, identity }) => ({
          address,
          message: 'its account has no owner',
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

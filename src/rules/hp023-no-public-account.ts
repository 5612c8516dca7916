import { hasAccount, proxiesOf } from './declared';
import type { Rule } from './rule';

export const hp023: Rule = {
  id: 'HP023',
  title: 'no public project stands in front of an upstream account',
  severity: 'critical',
  why: 'Whoever may pull from a proxy cache project may pull everything that its account may: a public one gives the private images of the account to everybody (Harbor docs: configure proxy cache).',
  declared: {
    judge: (declared) =>
      proxiesOf(declared)
        .filter(({ spec, upstream }) => spec.public === true && hasAccount(upstream))
        .map(({ address, spec }) => ({
          address,
          message: `it is public, and registry ${spec.registry ?? ''} has an account: anybody may pull what the account may`,
          hint: 'declare public: false; or waive it where the account has no private repository',
        })),
    good: {
      registries: {
        up: {
          type: 'docker-registry',
          url: 'https://registry.example.com',
          credential: { access_key: 'bot', access_secret: { env: 'S' } },
        },
      },
      projects: { p: { registry: 'up', public: false, members: [{ user: 'a', role: 'guest' }] } },
    },
    bad: {
      registries: {
        up: {
          type: 'docker-registry',
          url: 'https://registry.example.com',
          credential: { access_key: 'bot', access_secret: { env: 'S' } },
        },
      },
      projects: { p: { registry: 'up', public: true } },
    },
  },
};

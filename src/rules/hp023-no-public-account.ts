import { hasAccount, proxiesOf } from './declared';
import type { Rule } from './rule';

/**
 *      public          registry                             finding
 *      true            has an account                       yes
 *      true            aws-ecr without a key                yes: it pulls with the role of the machine
 *      true            no account                           none
 *      true            managed elsewhere                    none; `looksAt` makes the output say "not judged"
 *      not declared    any                                  none: Harbor keeps its value
 * Whether the account can read anything private is known to the upstream alone: that is what a waiver is for.
 */
export const hp023: Rule = {
  id: 'HP023',
  title: 'no public project uses an upstream account',
  severity: 'critical',
  why: 'A proxy cache project serves everything that its account can pull: a public project gives the private images of the account to anyone (Harbor docs: configure proxy cache).',
  declared: {
    looksAt: 'upstream',
    judge: (declared) =>
      proxiesOf(declared)
        .filter(({ spec, upstream }) => spec.public === true && hasAccount(upstream))
        .map(({ address, spec }) => ({
          address,
          field: 'public',
          message: `it is public, and registry ${spec.registry ?? ''} has an account: anyone can pull what the account can pull`,
          hint: 'declare public: false, or add a waiver if the account has no private repositories',
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

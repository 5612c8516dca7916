import { specsOf } from './declared';
import type { Rule } from './rule';

/** Judged for the registry, not for the project: every project that uses the registry has the problem. */
export const hp015: Rule = {
  id: 'HP015',
  title: 'the certificate of every upstream is verified',
  severity: 'high',
  why: 'With insecure: true an attacker between Harbor and the upstream can change what the cache stores and read the account of Harbor (a kind of CVE-2019-10214; CIS Docker 2.5).',
  declared: {
    looksAt: 'registry',
    judge: (declared) =>
      specsOf(declared, 'registry')
        .filter(({ spec }) => spec.insecure === true)
        .map(({ address }) => ({
          address,
          field: 'insecure',
          message: 'insecure: true: the certificate of the upstream is not verified',
          hint: 'declare ca_certificate (Harbor 2.15), or give Harbor the certificate authority',
        })),
    good: { registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } } },
    bad: { registries: { r: { type: 'docker-registry', url: 'https://registry.example.com', insecure: true } } },
  },
};

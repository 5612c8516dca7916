import { specsOf } from './declared';
import type { Rule } from './rule';

export const hp015: Rule = {
  id: 'HP015',
  title: 'the certificate of every upstream is verified',
  severity: 'high',
  why: 'With insecure: true whoever is on the way to the upstream decides what the cache stores and reads the account that Harbor logs in with (CVE-2019-10214 is of this class; CIS Docker 2.5).',
  declared: {
    judge: (declared) =>
      specsOf(declared, 'registry')
        .filter(({ spec }) => spec.insecure === true)
        .map(({ address }) => ({
          address,
          message: 'insecure: true: the certificate of the upstream is not verified',
          hint: 'declare ca_certificate (Harbor 2.15), or give Harbor the certificate authority',
        })),
    good: { registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } } },
    bad: { registries: { r: { type: 'docker-registry', url: 'https://registry.example.com', insecure: true } } },
  },
};

import { specsOf, urlOf } from './declared';
import type { Rule } from './rule';

/** All host names of Docker Hub: a registry of type docker-registry can use them, too. */
function isDockerHub(url: string | undefined): boolean {
  return /^(?:(?:hub|index|registry-1|registry)\.)?docker\.(?:io|com)\.?$/.test(urlOf(url)?.hostname ?? '');
}

/** Whether the account works is a question for `conform`. Here it is enough that one is declared. */
export const hp019: Rule = {
  id: 'HP019',
  title: 'Docker Hub is used with an account',
  severity: 'medium',
  why: 'Without an account all users of the cache share the anonymous rate limit of one address, and pulls fail with 429 (docs.docker.com, pull usage and limits; Harbor #19899).',
  declared: {
    looksAt: 'registry',
    judge: (declared) =>
      specsOf(declared, 'registry')
        .filter(({ spec }) => (spec.type === 'docker-hub' || isDockerHub(spec.url)) && !spec.credential)
        .map(({ address }) => ({
          address,
          message: 'no account: all users share the anonymous rate limit',
          hint: 'declare credential: { access_key, access_secret }, an account without private repositories',
        })),
    good: {
      registries: {
        hub: {
          type: 'docker-hub',
          url: 'https://hub.docker.com',
          credential: { access_key: 'bot', access_secret: { env: 'S' } },
        },
      },
    },
    bad: { registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } } },
  },
};

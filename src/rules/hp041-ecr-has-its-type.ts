import { specsOf, urlOf } from './declared';
import type { Rule } from './rule';

const ECR = /\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;

export const hp041: Rule = {
  id: 'HP041',
  title: 'Amazon ECR is declared as aws-ecr',
  severity: 'high',
  why: 'As docker-registry with user AWS the secret is a token that lives 12 hours: the cache works for half a day (AWS docs: private registry authentication).',
  declared: {
    judge: (declared) =>
      specsOf(declared, 'registry')
        .filter(({ spec }) => spec.type === 'docker-registry' && ECR.test(urlOf(spec.url)?.hostname ?? ''))
        .filter(({ spec }) => spec.credential?.access_key === 'AWS')
        .map(({ address }) => ({
          address,
          message: 'user AWS at ECR: the token ends after 12 hours',
          hint: 'declare type: aws-ecr with an access key, or an instance profile',
        })),
    good: {
      registries: {
        ecr: {
          type: 'aws-ecr',
          url: 'https://123456789012.dkr.ecr.eu-central-1.amazonaws.com',
          credential: { access_key: 'AKIAIOSFODNN7EXAMPLE', access_secret: { env: 'S' } },
        },
      },
    },
    bad: {
      registries: {
        ecr: {
          type: 'docker-registry',
          url: 'https://123456789012.dkr.ecr.eu-central-1.amazonaws.com',
          credential: { access_key: 'AWS', access_secret: { env: 'S' } },
        },
      },
    },
  },
};

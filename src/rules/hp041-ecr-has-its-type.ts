import { specsOf, urlOf } from './declared';
import type { Rule } from './rule';

/** User names of logins whose password is a token that is valid for some hours. */
const SHORT_LIVED: Readonly<Record<string, readonly [string, string]>> = {
  AWS: ['12 hours', 'declare type: aws-ecr with an access key, or an instance profile'],
  oauth2accesstoken: ['1 hour', 'declare type: google-gcr with access_key: _json_key and the key of a service account'],
  '00000000-0000-0000-0000-000000000000': ['3 hours', 'declare type: azure-acr with a token or a service principal'],
};

const ECR = /\.dkr\.ecr(?:-fips)?\.[\w-]+\.amazonaws\.com(?:\.cn)?$/;

/**
 * Also finds the opposite: an access key at an ECR with the type docker-registry, which ECR refuses from the start.
 *
 *      type              access_key            finding
 *      any               AWS                   the token expires after 12 hours
 *      docker-registry   AKIA…, at an ECR      refused from the start: ECR accepts only the user AWS
 *      aws-ecr           AKIA…                 none: Harbor requests each token with the key
 *      aws-ecr           none                  none: the role of the machine
 */
export const hp041: Rule = {
  id: 'HP041',
  title: 'no upstream account expires within hours',
  severity: 'high',
  why: 'The password of these users is a token: AWS tokens are valid for 12 hours, oauth2accesstoken for one hour, the zero user of Azure for three. Then the cache stops working (AWS docs: private registry authentication; Google docs: Artifact Registry authentication).',
  declared: {
    looksAt: 'registry',
    judge: (declared) =>
      specsOf(declared, 'registry').flatMap(({ address, spec }) => {
        const user = spec.credential?.access_key ?? '';
        if (
          user !== '' &&
          user !== 'AWS' &&
          spec.type === 'docker-registry' &&
          ECR.test(urlOf(spec.url)?.hostname ?? '')
        )
          return [
            {
              address,
              field: 'type',
              message: 'it is an ECR, which accepts only the user AWS and a token of 12 hours',
              hint: 'declare type: aws-ecr with this access key, or an instance profile',
            },
          ];
        const [life, hint] = (Object.hasOwn(SHORT_LIVED, user) ? SHORT_LIVED[user] : undefined) ?? [];
        if (life === undefined || hint === undefined) return [];
        return [
          {
            address,
            field: 'credential.access_key',
            message: `the password of user ${user} is a token that expires after ${life}`,
            hint,
          },
        ];
      }),
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

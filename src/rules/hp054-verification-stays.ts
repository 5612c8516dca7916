import type { Rule } from './rule';

/** What is verified or refused while the field is `true`; of `insecure` while it is not. */
const GUARDS: Readonly<Record<string, readonly string[]>> = {
  project: ['prevent_vul', 'enable_content_trust', 'enable_content_trust_cosign'],
  configuration: ['oidc_verify_cert', 'ldap_verify_cert', 'uaa_verify_cert', 'http_authproxy_verify_cert'],
};

export const hp054: Rule = {
  id: 'HP054',
  title: 'no change switches a verification off',
  severity: 'medium',
  why: 'A certificate that is not verified and an image that is not judged let through what was refused before, and nothing looks different afterwards (CIS Docker 2.5, 4.5).',
  planned: {
    judge: (changes) =>
      changes
        .filter(({ action }) => action === 'update' || action === 'replace')
        .flatMap(({ kind, address, fields }) =>
          fields
            .filter(({ path, before, after }) =>
              kind === 'registry'
                ? path === 'insecure' && before !== true && after === true
                : GUARDS[kind]?.includes(path) && before === true && after === false,
            )
            .map(({ path, after }) => ({
              address,
              field: path,
              message: `${path} becomes ${JSON.stringify(after)}`,
              hint: 'keep it as it is; waive it for the days in which it is needed',
            })),
        ),
    good: [
      {
        action: 'update',
        kind: 'project',
        address: 'project/p',
        fields: [{ path: 'prevent_vul', before: false, after: true }],
      },
    ],
    bad: [
      {
        action: 'update',
        kind: 'registry',
        address: 'registry/own',
        fields: [{ path: 'insecure', before: false, after: true }],
      },
    ],
  },
};

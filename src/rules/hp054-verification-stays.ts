import type { Rule } from './rule';

/** What a field verifies or refuses while it is `true`; `insecure` does so while it is not. */
const GUARDS: Readonly<Record<string, readonly string[]>> = {
  project: ['prevent_vul', 'enable_content_trust', 'enable_content_trust_cosign'],
  configuration: ['oidc_verify_cert', 'ldap_verify_cert', 'uaa_verify_cert', 'http_authproxy_verify_cert'],
};

/**
 * A field that was not set and becomes `false` is not a finding: nothing was verified before.
 *
 *      field            before    after     finding
 *      prevent_vul      true      false     yes
 *      prevent_vul      -         false     no
 *      insecure         false     true      yes
 *      insecure         -         true      yes: not set means verified
 */
export const hp054: Rule = {
  id: 'HP054',
  title: 'no change disables a verification',
  severity: 'medium',
  why: 'Without verification of certificates or images Harbor silently accepts what it refused before (CIS Docker 2.5, 4.5).',
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
              hint: 'keep it enabled, or add a waiver for the days in which you need it',
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

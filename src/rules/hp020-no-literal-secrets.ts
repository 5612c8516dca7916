import { textsBelow } from './declared';
import type { Rule } from './rule';

/** Recognized by their fixed prefixes, so that a harmless text never matches. */
const SECRETS: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['a Docker Hub token', /\bdckr_[op]at_[\w-]{20,}/],
  ['a GitHub token', /\b(?:gh[pousr]_\w{30,}|github_pat_\w{30,})/],
  ['a GitLab token', /\bgl(?:pat|dt|rt|cbt|ptt|soat)-[\w-]{20,}/],
  ['a JSON web token', /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/],
  ['a Slack token or webhook', /\bxox[abeprs]-[\w-]{10,}|hooks\.slack\.com\/services\/T\w+\/B\w+\/\w{16,}/],
  ['a Vault token', /\bhv[bs]\.[\w-]{20,}/],
  ['a Google key or token', /\b(?:AIza[\w-]{35}|ya29\.[\w-]{20,})/],
  ['a secret key of AWS', /\baws_secret_access_key\b\s*[=:]\s*\S{20,}/i],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]+:[^/?#\s@]+@/i],
];

/**
 * Looks at the specs of objects, where a secret field refuses a text by its schema: what is left are descriptions, URLs
 * and headers. The finding names the kind of secret and never repeats its text: the output of `validate` is in the logs
 * of CI. A random password without a known prefix is not found: randomness alone cannot tell it from a digest or an id,
 * and a rule with false findings gets waived.
 */
export const hp020: Rule = {
  id: 'HP020',
  title: 'the policies contain no secrets',
  severity: 'critical',
  why: 'Git keeps it forever, and everyone who can read the repository has it (OWASP: secrets management). Use references to secrets: env, file or command.',
  declared: {
    judge: ({ objects }) =>
      objects.flatMap(({ address, spec }) =>
        textsBelow(spec, '').flatMap(({ path, text }) => {
          const kind = SECRETS.find(([, form]) => form.test(text))?.[0];
          if (kind === undefined) return [];
          return [
            {
              address,
              field: path,
              message: `${path} looks like ${kind}`,
              hint: "revoke it, because Git's history may contain it; then remove it, or use a reference: { env: NAME }",
            },
          ];
        }),
      ),
    good: { labels: { tested: { color: '#00AB9A', description: 'passed the nightly run' } } },
    bad: { labels: { tested: { color: '#00AB9A', description: 'token glpat-EXAMPLE0EXAMPLE0EXAM' } } },
  },
};

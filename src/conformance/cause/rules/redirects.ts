import type { ProblemKind } from '../../model/problem';
import type { Rule } from '../rule';
import { isProblem } from '../rule';

/** What a pull shows that was led elsewhere. */
const SHOWN: readonly ProblemKind[] = [
  ...(['page', 'not-a-manifest', 'wrong-manifest', 'headers-changed', 'digest-differs', 'clients-differ'] as const),
  ...(['short-bytes', 'wrong-bytes', 'ranges', 'any-token-accepted', 'not-listed', 'error-page'] as const),
  ...(['mirror-answer', 'mirror-page', 'mirror-elsewhere', 'anonymous-refused'] as const),
];

/** Guessed from the URL: only the hint depends on it, never the cause. */
const isLogin = (to: string): boolean => /log-?in|sign-?in|auth|sso|oauth/i.test(to);

/** The name of Harbor, but in the clear. */
function isInTheClear(to: URL | undefined, from: URL | undefined): boolean {
  return from?.protocol === 'https:' && to?.protocol === 'http:' && to.hostname === from.hostname;
}

const isRedirect = (status = 0): boolean => status >= 300 && status < 400;

/**
 * /v2/ itself is answered by Harbor, and pulls below it are sent away. In this order:
 *
 *      redirected to                       words
 *      the same URL again                  in a circle
 *      http:// with the name of Harbor     out of TLS: the proxy does not pass on X-Forwarded-Proto
 *      anything like a login               a login proxy in front: turn it off for /v2/
 *      another place                       the routes of the proxy are wrong
 */
export const REDIRECTS: readonly Rule[] = [
  {
    kind: 'front-redirects-pulls',
    rank: 'outage',
    party: 'front door',
    seen: (failure, { redirect, problems }) =>
      redirect !== undefined &&
      !problems.some(({ kind }) => kind === 'redirect') &&
      (failure.problem === undefined || isProblem(failure, ...SHOWN))
        ? [{ label: 'the pull is redirected to', value: redirect }]
        : undefined,
    say: ({ result }, { host, redirect = '' }) => {
      const sent = result.requests.filter(({ status, url }) => isRedirect(status) && URL.canParse(url));
      const target = URL.canParse(redirect) ? new URL(redirect) : undefined;
      const from = sent[0] && new URL(sent[0].url);
      const shown = target?.origin === from?.origin ? target?.pathname : (target?.origin ?? redirect);
      if (sent.some(({ url }) => url === redirect))
        return {
          words: `a proxy or firewall in front of ${host} redirects pulls in a circle`,
          whatToDo: 'correct the proxy in front: everything below /v2/ goes to Harbor, without a redirect',
        };
      if (isInTheClear(target, from))
        return {
          words: `a proxy or firewall in front of ${host} redirects pulls to ${target?.origin ?? 'http'}: clients refuse to leave TLS`,
          whatToDo: 'have the proxy in front pass on Host and X-Forwarded-Proto, and serve /v2/ itself',
        };
      return {
        words: `a proxy or firewall in front of ${host} redirects pulls to ${shown}`,
        whatToDo: isLogin(redirect)
          ? 'turn its login off for /v2/, /service/ and /api/: Harbor asks for logins itself'
          : 'correct the routes of the proxy in front: everything below /v2/ goes to Harbor',
      };
    },
  },
];

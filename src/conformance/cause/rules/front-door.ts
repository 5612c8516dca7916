import { raiseLimit } from '../../answer-words';
import type { Evidence } from '../../model/outcome';
import { isPageType, type RequestRecord } from '../../../oci';
import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, problemIs, type Rule } from '../rule';
import { lastStatus } from '../symptom';
import { realmEvidence, realmWords } from './realm';
import { doAboutTokens, tokenStatus } from './tokens';
import { isServing } from './upstream';

/** Whether every response of Harbor in a failed check was such, or there was none. */
function only({ result }: Failure, { host }: Findings, isSo: (status: number) => boolean): boolean {
  const requests = result.requests.filter(({ url }) => URL.canParse(url) && new URL(url).host === host);
  return requests.length > 0 && requests.every(({ status }) => status === undefined || isSo(status));
}

/** A check saw HTML pages with status 200 instead of registry responses (T4, T6, A6, B1 to B7). */
const servesPages = ({ problems }: Findings): boolean => problems.some(({ kind }) => kind === 'page');

/** This failure ended with the same response as /v2/ itself. */
function endedAs(
  kind: 'not-routed' | 'limited',
  failure: Failure,
  { problems, host }: Findings,
): Evidence[] | undefined {
  const found = problems.find((one) => one.kind === kind);
  const isAbout = isProblem(failure, kind) || lastStatus(failure.result.requests, host) === Number(found?.value);
  return found && isAbout ? [{ label: '/v2/ returns', value: found.value ?? '' }] : undefined;
}

/** The token service fails, and it is Harbor's own. */
export const isOfTokenService = (failure: Failure, findings: Findings): boolean =>
  noToken(failure, findings, 'Harbor') !== undefined;

/** Without these components, no token is issued. */
const OF_TOKENS = ['core', 'database', 'redis'];

/** The statuses of a proxy behind which there is nothing. */
const isGateway = (status: number | undefined): boolean => status !== undefined && status >= 502 && status <= 504;

/** The status of a gateway that this failure saw, or that its check found; not one after which a repetition worked. */
function gatewayStatus({ problem, result }: Failure, { host }: Findings): number | undefined {
  if (problem && ['unavailable', 'no-token', 'api-answer'].includes(problem.kind))
    return isGateway(Number(problem.value)) ? Number(problem.value) : undefined;
  const isOfHost = ({ url }: RequestRecord): boolean => URL.canParse(url) && new URL(url).host === host;
  const { requests } = result;
  const isLast = ({ method, url }: RequestRecord, at: number): boolean =>
    !requests.some((later, index) => index > at && later.method === method && later.url === url);
  return requests.find((one, at) => isOfHost(one) && isGateway(one.status) && isLast(one, at))?.status;
}

/**
 * All that this failure was about works now: /v2/ wants a login (401, as it should), the token service gives one, and
 * the pull that failed is served, or the API tells its health and the project.
 */
function worksAgain(failure: Failure, { harbor, live, again, isOfRegistry, blobAgain }: Findings): boolean {
  const { symptom } = failure;
  const isUp = harbor?.brokenStatus === undefined && harbor?.door === 401 && harbor.tokens === 200;
  if (isProblem(failure, 'api-answer'))
    return isUp && harbor.ill !== undefined && live !== undefined && live.state !== 'hidden';
  const isPulled = again === 200 && isOfRegistry !== false && (blobAgain === undefined || blobAgain.status === 200);
  return isUp && (isPulled || symptom === undefined);
}

/** URL of a token service on another host, as A1 found it in the challenge of this project. */
const realmIn = ({ problems }: Findings): string | undefined =>
  problems.find(({ kind }) => kind === 'foreign-realm')?.value;

/** No token was requested, because its realm is elsewhere. */
function lacksToken({ problem, result }: Failure, { host }: Findings): boolean {
  const last = lastStatus(result.requests, host);
  return problem === undefined && result.status === 'error' && (last === undefined || last === 401);
}

/**
 * No client gets a token, and this failure requested one and pulled nothing. T5 decides `by` whom that request was
 * answered, see `isHarborsRefusal`.
 */
function noToken(failure: Failure, { problems, host }: Findings, by: string): Evidence[] | undefined {
  const found = problems.find(({ kind }) => kind === 'no-token');
  if (found?.subject !== by) return undefined;
  const { requests, id } = failure.result;
  const isAbout =
    isProblem(failure, 'no-token') ||
    // Checks that reuse the response of another one have sent no request themselves.
    (requests.length === 0 && failure.problem === undefined && id !== 'X1') ||
    (requests.some(({ url }) => url.includes('/service/token')) && lastStatus(requests, host) === Number(found.value));
  return isAbout ? [{ label: '/service/token returns', value: found.value ?? '' }] : undefined;
}

/**
 * Servers that respond instead of Harbor. The first that fits, for failures that met the same response:
 *
 *       response                                                cause
 *       401 whose token service is on another host              foreign-realm
 *       502 to 504 during the run, and Harbor works again       harbor-was-away
 *       an HTML page with 200, for /v2/ or any pull             page
 *       an HTML page for one image that the upstream serves     front-page
 *       401 without a Bearer challenge, and not Harbor's        front-login
 *       another 4xx for /v2/ that is not Harbor's               not-routed
 *       429 for /v2/, which needs no upstream                   front-limit
 *       no token, and the response is not Harbor's              no-token
 *       a wrong secret is refused, but not with Harbor's 401    refusal-changed
 *       no token, and it is; core, database, redis healthy      token-service
 *       3xx for /v2/                                            redirect-loop
 *       5xx for /v2/                                            harbor-unavailable
 */
export const FRONT_DOOR: readonly Rule[] = [
  {
    kind: 'foreign-realm',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) => {
      const realm = realmIn(findings);
      const isAbout = isProblem(failure, 'foreign-realm') || lacksToken(failure, findings);
      return realm !== undefined && isAbout ? realmEvidence(realm, findings.project?.name) : undefined;
    },
    say: (_failure, findings) => realmWords(findings.host, realmIn(findings) ?? ''),
  },
  {
    kind: 'harbor-was-away',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, findings) => {
      const status = gatewayStatus(failure, findings);
      const isOfPull =
        failure.problem === undefined || isProblem(failure, 'not-listed', 'unavailable', 'no-token', 'api-answer');
      return status !== undefined && isOfPull && worksAgain(failure, findings)
        ? [
            { label: 'returned during the run', value: String(status) },
            { label: 'asked again', value: 'answers' },
          ]
        : undefined;
    },
    say: (_failure, { host }) => ({
      words: `${host} returned gateway errors (502 to 504) for a while, but responds again`,
      whatToDo: 'Harbor or the proxy in front was restarted or overloaded at that time: read its log, then run again',
    }),
  },
  {
    kind: 'page',
    rank: 'outage',
    party: 'front door',
    // If /v2/ itself is an HTML page, every 200 below it was one, too.
    seen: (failure, findings) => {
      const isEverywhere = findings.problems.some(({ kind, subject }) => kind === 'page' && subject === '/v2/');
      const isPage = isEverywhere && only(failure, findings, (status) => status === 200);
      const isAtMirror = isEverywhere && isProblem(failure, 'mirror-page');
      const isByPage = isProblem(failure, 'headers-changed', 'ranges', 'any-token-accepted') && servesPages(findings);
      if (isByPage) return [{ label: 'found', value: 'pages below /v2/' }];
      return isProblem(failure, 'page') || isPage || isAtMirror ? [foundBy(failure)] : undefined;
    },
    say: (_failure, { host }) => ({
      words: `${host} returns a web page instead of the registry API`,
      whatToDo: 'correct the routes of the proxy in front: /v2/, /service/ and /api/ go to Harbor, not to a portal',
    }),
  },
  {
    kind: 'front-page',
    rank: 'outage',
    party: 'front door',
    // The upstream serves an image, but Harbor's host name returns an HTML page for it, again when repeated.
    seen: (failure, { origin, again, isOfRegistry }) => {
      const isPage = isProblem(failure, 'not-a-manifest') && isPageType(failure.problem?.value);
      return isPage && isServing(origin) && again === 200 && isOfRegistry === false ? [foundBy(failure)] : undefined;
    },
    say: (_failure, { host }) => ({
      words: `${host} returns web pages for images that the upstream serves`,
      whatToDo: 'correct the routes of the proxy in front: everything below /v2/ goes to Harbor',
    }),
  },
  {
    kind: 'front-login',
    rank: 'outage',
    party: 'front door',
    seen: (failure, { problems, host }) => {
      const isThere = problems.some(({ kind }) => kind === 'front-login');
      const isAbout = isProblem(failure, 'front-login') || lastStatus(failure.result.requests, host) === 401;
      return isThere && isAbout ? [{ label: '/v2/ returns', value: '401 without a Bearer challenge' }] : undefined;
    },
    say: (_failure, { host }) => ({
      words: `something in front of ${host} asks for a login of its own: no client gets a token`,
      whatToDo: 'turn its login off for /v2/, /service/ and /api/: Harbor asks for logins itself',
    }),
  },
  {
    kind: 'not-routed',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) => endedAs('not-routed', failure, findings),
    say: (_failure, { host, problems }) => ({
      words: `${host} returns ${problems.find(({ kind }) => kind === 'not-routed')?.value ?? 404} for /v2/, and that is not an answer of Harbor`,
      whatToDo: 'correct the routes of the proxy in front: /v2/, /service/ and /api/ go to Harbor',
    }),
  },
  {
    kind: 'front-limit',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) => endedAs('limited', failure, findings),
    say: (_failure, { host }) => ({
      words: `a proxy or firewall in front of ${host} limits requests (429), also those that need no upstream`,
      whatToDo: raiseLimit('/v2/'),
    }),
  },
  {
    kind: 'no-token',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) => noToken(failure, findings, 'front door'),
    say: (_failure, { host, problems }) => ({
      words: `${host} returns ${tokenStatus(problems)} for /service/token, and that is not an answer of Harbor`,
      whatToDo: doAboutTokens(Number(tokenStatus(problems))),
    }),
  },
  {
    kind: 'refusal-changed',
    rank: 'soon',
    party: 'front door',
    // Harbor itself refuses a secret only with 401.
    seen: problemIs('refusal-changed'),
    say: ({ problem }, { host }) => ({
      words: `something in front of ${host} refuses a wrong secret with ${problem?.value ?? 'another status'}: Harbor returns 401, which clients understand`,
      whatToDo: 'correct the proxy or firewall in front: it must pass on the answers of /service/token unchanged',
    }),
  },
  {
    kind: 'token-service',
    rank: 'outage',
    party: 'Harbor',
    // With a component down, that is the cause: see `component-down`.
    seen: (failure, findings) =>
      findings.harbor?.ill?.some((name) => OF_TOKENS.includes(name)) ? undefined : noToken(failure, findings, 'Harbor'),
    say: (_failure, { host, problems }) => ({
      words: `the token service of ${host} returns ${tokenStatus(problems)}: no client gets a token`,
      whatToDo: 'read the log of core: its database, its key (private_key.pem) and the proxy in front',
      command: 'breakwater health',
    }),
  },
  {
    kind: 'redirect-loop',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) => {
      const target = findings.problems.find(({ kind }) => kind === 'redirect')?.value;
      const isAbout =
        isProblem(failure, 'redirect', 'mirror-page') ||
        only(failure, findings, (status) => status >= 300 && status < 400);
      return target !== undefined && isAbout ? [{ label: 'redirected to', value: target }] : undefined;
    },
    say: (_failure, { host, problems }) => {
      const target = problems.find(({ kind }) => kind === 'redirect')?.value ?? '';
      const { protocol, hostname } = URL.canParse(target) ? new URL(target) : { protocol: '', hostname: '' };
      const isToTls = protocol === 'https:' && hostname === new URL(`http://${host}`).hostname;
      return {
        words: `${host} redirects /v2/ ${isToTls ? 'to https' : 'instead of serving it'}`,
        whatToDo: isToTls
          ? `if harbor.url has http://, declare https://; if it has https://, have the proxy in front pass on X-Forwarded-Proto`
          : 'correct the proxy in front: /v2/, /service/ and /api/ go to Harbor, with Host and X-Forwarded-Proto',
      };
    },
  },
  {
    kind: 'harbor-unavailable',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, findings) => {
      const { harbor, host } = findings;
      const atDoor = findings.problems.find(({ kind }) => kind === 'unavailable')?.value;
      const status = harbor?.brokenStatus ?? atDoor;
      // It was there when this check began.
      const isLost = isGateway(harbor?.door) && isGateway(lastStatus(failure.result.requests, host));
      const isAtMirror = isProblem(failure, 'mirror-answer') && Number(failure.problem?.value) >= 500;
      const isAbout =
        isProblem(failure, 'unavailable') || isAtMirror || isLost || only(failure, findings, (one) => one >= 500);
      return isAbout && status !== undefined ? [{ label: 'the front door returns', value: String(status) }] : undefined;
    },
    say: (_failure, { host, problems, harbor }) => {
      const found = problems.find(({ kind }) => kind === 'unavailable');
      const command = 'breakwater health --wait 5m';
      // An error in Harbor's form is one of core, which responds.
      if (harbor?.brokenStatus === undefined && found?.subject === 'Harbor')
        return {
          words: `Harbor at ${host} returns errors (${found.value ?? '500'}) to every request`,
          whatToDo: 'read the log of core: its database and Redis come first',
          command,
        };
      return {
        words: `the proxy at ${host} responds, but Harbor behind it does not`,
        whatToDo: 'Harbor may be restarting: wait a few minutes, then check its containers and the log of the proxy',
        command,
      };
    },
  },
];

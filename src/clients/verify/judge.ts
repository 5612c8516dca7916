import { compact } from '../../compact';
import type { Diagnostic } from '../../diagnostic';
import type { Evidence, Judgement, Pull, Trial, Verdict } from './evidence';

/**
 * What the evidence proves, and no more:
 *
 *     canary pulled, and only the cache has it         served by the cache
 *     canary pulled as the public registry has it      bypassed
 *     cache serves the canary, client does not find it bypassed, or misconfigured where a line says why
 *     anything that could have another reason          cannot tell
 *
 * A pull outweighs a finding: a file that looks wrong and works is reported beside the verdict.
 */
export function judge(evidence: Evidence): Judgement {
  const told = judgeCanary(evidence);
  const [finding] = evidence.findings.filter(({ severity }) => severity === 'error');
  const judged = told.verdict === 'served by the cache' ? told : explained(told, finding, evidence);
  const judgement = afterRefusal(judged, evidence);
  const { canary } = evidence;
  const isOpen = judgement.verdict === 'served by the cache' && canary?.public.has === false && canary.public.denied;
  return isOpen ? { ...judgement, notes: [...judgement.notes, ONLY_ANONYMOUS] } : judgement;
}

interface Told {
  readonly verdict: Verdict;
  readonly because: string;
  readonly hint?: string;
}

function judgeCanary({ canary, noCanary, cacheHost }: Evidence): Told {
  if (!canary) return cannotTell(noCanary ?? 'no canary image is known', CANARY_HINT);
  return canary.pull.pulled ? judgePulled(canary, canary.pull) : judgeFailed(canary, canary.pull, cacheHost);
}

const ONLY_ANONYMOUS =
  'the public registry was queried without a login: a client that logs in there may have pulled the image from it';
const LOGIN_HINT = 'install the login of the robot: breakwater clients render --with-secrets writes it';
const CANARY_HINT = 'pass --canary IMAGE with an image that the cache serves and the public registry does not have';

/**
 *     public registry has     image is of             verdict
 *     the same image          either                  cannot tell
 *     another image           the public registry     bypassed
 *     another image           the cache               served
 *     another image           neither                 cannot tell
 *     nothing                 the cache, or unknown   served
 *     unreachable from here   the cache, or unknown   served
 *     unknown                 any                     cannot tell
 *
 * In the last three rows the cache has to serve the image, too.
 */
function judgePulled(canary: Trial, { identities }: Pull & { readonly pulled: true }): Told {
  const { reference, cache, public: outside } = canary;
  const got = new Set(identities);
  const isCaches = cache.serves && cache.identities.some((one) => got.has(one));
  if (outside.has === true) {
    const isPublics = outside.identities.some((one) => got.has(one));
    // A partial match counts, too: a client may report a digest of only one part of the image.
    const isSame = cache.serves && cache.identities.some((one) => outside.identities.includes(one));
    if (isSame) return cannotTell(`the public registry has the same ${reference}`, CANARY_HINT);
    if (isPublics)
      return {
        verdict: 'bypassed',
        because: `${reference} came from the public registry: the cache serves another image`,
      };
    if (isCaches) return served(`${reference} is the image of the cache; the public registry has another one`);
    return cannotTell(`the pulled ${reference} is neither the image of the cache nor that of the public registry`);
  }
  if (!cache.serves) return cannotTell(`${reference} was pulled, but the cache does not serve it: ${cache.why}`);
  if (got.size > 0 && !isCaches) return cannotTell(`the pulled ${reference} is not the image that the cache serves`);
  if (outside.has === false) return served(`${reference} was pulled, and the public registry does not have it`);
  if (outside.isUnreachable)
    return served(`${reference} was pulled, and the public registry cannot be reached from here`);
  return cannotTell(`whether the public registry has ${reference} is unknown: ${outside.why}`);
}

/**
 *     program not started                  cannot tell
 *     the cache does not serve it          cannot tell
 *     certificate, names the cache         misconfigured
 *     denied, names the cache              misconfigured   (only if the cache needs a login)
 *     other reason                         cannot tell
 *     missing, or denied (public cache)    bypassed: the client asked another registry
 */
function judgeFailed(canary: Trial, { error, kind }: Pull & { readonly pulled: false }, cacheHost: string): Told {
  const { reference, cache } = canary;
  if (kind === 'program') return cannotTell(`the pull could not be started: ${error}`);
  if (!cache.serves)
    return cannotTell(
      `the cache does not serve ${reference} itself: ${cache.why}`,
      'run breakwater conform to see why',
    );
  if (kind === 'untrusted')
    return error.includes(cacheHost)
      ? {
          verdict: 'misconfigured',
          because: `the client does not trust the certificate of ${cacheHost}`,
          hint: 'install the CA: breakwater clients render writes it for this client',
        }
      : cannotTell(`a certificate was refused, but the error does not say whose: ${error}`);
  // A public cache does not deny access; Docker Hub returns this for images that it does not have.
  if (kind === 'denied' && !cache.isAnonymous)
    return error.includes(cacheHost)
      ? { verdict: 'misconfigured', because: `the client’s login is refused by ${cacheHost}`, hint: LOGIN_HINT }
      : cannotTell(`the client was denied the image, but the error does not say by which server: ${error}`);
  if (kind === 'other') return cannotTell(`the pull failed for an unknown reason: ${error}`);
  return {
    verdict: 'bypassed',
    because: `the cache serves ${reference}, but the client does not find it: it uses another registry`,
  };
}

/** The line that explains it, if a rule of the client found one: it is sufficient for a verdict. */
function explained(told: Told, fix: Diagnostic | undefined, { hasFiles }: Evidence): Told & { fix?: Diagnostic } {
  if (fix && told.verdict === 'bypassed') return compact({ ...told, hint: fix.hint, fix });
  if (fix) return compact({ verdict: 'misconfigured', because: fix.message, hint: fix.hint, fix });
  if (told.verdict !== 'bypassed') return told;
  return {
    ...told,
    hint:
      hasFiles === false
        ? 'no file configures the cache: run breakwater clients render and install its files'
        : 'compare the files with those of breakwater clients render, and restart or reload the client',
  };
}

/** What the client does if the cache refuses an image. */
function afterRefusal(told: Told & { fix?: Diagnostic }, { refused, profile }: Evidence): Judgement {
  const wentAround = refused && goesAround(refused);
  if (wentAround === undefined) return { ...told, notes: refused ? [notShown(refused)] : [] };
  const { reference } = refused!;
  if (!wentAround)
    return {
      ...told,
      notes: [`the client does not bypass the cache: ${reference}, which the cache refuses, was not pulled`],
    };
  const around = `the client bypasses the cache: ${reference}, which the cache refuses, came from the public registry`;
  if (profile === 'fallback' || told.verdict !== 'served by the cache') return { ...told, notes: [around] };
  return {
    verdict: 'misconfigured',
    because: `declared strict, but ${around}`,
    hint: 'install the files of the profile strict, or block the public registry if the client has no strict mode',
    notes: [told.because],
  };
}

/** undefined: inconclusive, also if the cache failed: it may have served the client a moment later. */
function goesAround({ cache, public: outside, pull }: Trial): boolean | undefined {
  if (!isRefusal(cache) || outside.has !== true) return undefined;
  if (!pull.pulled) return pull.kind === 'missing' || pull.kind === 'denied' ? false : undefined;
  return pull.identities.length === 0 || outside.identities.some((one) => pull.identities.includes(one))
    ? true
    : undefined;
}

/** A limit of requests (429) or a failure is not a refusal. */
function isRefusal(cache: Trial['cache']): boolean {
  return !cache.serves && cache.status !== undefined && cache.status !== 429 && cache.status < 500;
}

function notShown({ reference, cache, public: outside, pull }: Trial): string {
  if (cache.serves) return `the negative test is inconclusive: the cache serves ${reference}`;
  if (!isRefusal(cache))
    return `the negative test is inconclusive: the cache did not refuse ${reference}, but failed: ${cache.why}`;
  return outside.has === true
    ? `the negative test is inconclusive: pulling ${reference} ${pull.pulled ? 'gave another image' : `failed: ${pull.error}`}`
    : `the negative test is inconclusive: whether the public registry has ${reference} is unknown`;
}

function served(because: string): Told {
  return { verdict: 'served by the cache', because };
}

function cannotTell(because: string, hint?: string): Told {
  return compact({ verdict: 'cannot tell', because, hint });
}

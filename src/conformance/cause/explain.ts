import { compact } from '../../compact';
import { NetworkError } from '../../errors';
import type { RequestRecord } from '../../oci';
import type { PullContext } from '../model/context';
import { hasScanner, pingRegistry, readProject, readQuota, readRegistry, registryIdOf } from '../harbor-api';
import { once, oncePerKey } from '../../once';
import { CATALOGUE } from '../selection';
import type { CheckResult } from '../model/result';
import { robotsOf } from '../model/target';
import { within } from '../pull/time-bound';
import { askOriginBlob, askOriginManifest, type OriginBlob, type OriginManifest } from '../support/ask-origin';
import { byRank } from './causes-of';
import type { Failure, Findings, RobotFinding } from './findings';
import { PROBE_WITHIN_MS, quietly, type Probes } from './probes';
import { blobAgain, pullAgain, redirectedPull, redirectOf, type PullAgain } from './pull-again';
import { causesBy } from './rule';
import { RULES } from './rules';
import { registryDrift } from '../support/registry-drift';
import { failedBlob, failedImage, lastBadPull, symptomOf } from './symptom';
import { isFetch, isServing } from './rules/upstream';

/** A result, and the probes' findings for each of its problems. */
export interface Probed {
  readonly result: CheckResult;
  readonly failures: readonly { readonly failure: Failure; readonly findings: Findings }[];
}

/** Their upstream was told to misbehave: what it returns afterwards does not explain their results. */
const PLAYED = new Set(
  CATALOGUE.filter(({ phase }) => phase === 'situation' || phase === 'outage').map(({ id }) => id),
);

/** A known deviation is not bad: it has an explanation, and no probe could add to it. */
export function isBad({ status }: CheckResult): boolean {
  return status === 'fail' || status === 'error';
}

/** Everything that is wrong in a result: the problems that its check names, otherwise those of its requests. */
export function failuresOf(result: CheckResult): readonly Failure[] {
  if (!isBad(result) || result.cause || PLAYED.has(result.id)) return [];
  const { problems = [] } = result;
  if (problems.length > 0) return problems.map((problem) => ({ result, problem }));
  const symptom = symptomOf(result);
  return [compact({ result, symptom })];
}

/**
 * Runs probes if something in a project failed; upstreams are contacted only as often as `probes` allows.
 *
 *      results ──failuresOf──> failures (one for each problem, or one for the symptom)
 *                                  │
 *      findOut: once a project     │ live project, registry, quota, every robot
 *      askAbout: for each failure  │ the upstream itself, the same pull again, the blob, the manifest
 *                                  v
 *      Findings ──RULES, in order──> the first rule whose evidence is there is the cause
 *
 * A probe that fails leaves its finding absent, and a rule that needs it does not apply. No response within ten seconds
 * is a finding in some places: `silent`.
 */
export async function probe(
  context: PullContext,
  results: readonly CheckResult[],
  probes: Probes,
  base: Findings,
): Promise<Probed[]> {
  const failing = results.map((result) => ({ result, failures: failuresOf(result) }));
  if (failing.every(({ failures }) => failures.length === 0))
    return results.map((result) => ({ result, failures: [] }));
  const known = await findOut(context, probes, base, results);
  const questions = questionsOf(context);
  const about = async (failure: Failure): Promise<Findings> => ({
    ...known,
    ...(await askAbout(context, failure, probes, questions)),
  });
  return Promise.all(
    failing.map(async ({ result, failures }) => ({
      result,
      failures: await Promise.all(failures.map(async (failure) => ({ failure, findings: await about(failure) }))),
    })),
  );
}

/** What many failures of a project ask: each question goes out once. */
interface Questions {
  again(image: string, withHead: boolean): Promise<PullAgain | undefined>;
  redirect(url: string): Promise<string | undefined>;
  reaches(): Promise<Findings['reaches']>;
  hasScanner(): Promise<boolean | undefined>;
}

function questionsOf(context: PullContext): Questions {
  const pulls = new Map<string, Promise<PullAgain | undefined>>();
  const redirects = new Map<string, Promise<string | undefined>>();
  return {
    again: (image, withHead) =>
      oncePerKey(pulls, `${image} ${withHead}`, () => quietly(() => pullAgain(context, image, withHead))),
    redirect: (url) => oncePerKey(redirects, url, () => quietly(() => redirectOf(context, url))),
    reaches: once(() => quietly(() => pingSoon(context))),
    hasScanner: once(() => quietly(() => within(context.wire, PROBE_WITHIN_MS, (wire) => hasScanner(context, wire)))),
  };
}

async function askAbout(
  context: PullContext,
  failure: Failure,
  probes: Probes,
  questions: Questions,
): Promise<Partial<Findings>> {
  const image = failedImage(failure.result, context.project);
  const isOfPull = failure.symptom !== undefined || isFetch(failure) || isShownByPull(failure);
  const blob = failure.symptom === undefined ? undefined : failedBlob(failure.result);
  const withHead = lastBadPull(failure.result.requests)?.method === 'HEAD';
  const url = redirectedPull(failure.result.requests, context.anonymous.url);
  const [origin, again, reaches, originBlob, blobPulled, originManifest, scanner, redirect] = await Promise.all([
    needsOrigin(failure) || blob !== undefined ? probes.upstreams.ask(context, image) : undefined,
    isOfPull && image !== undefined ? questions.again(image, withHead) : undefined,
    isFetch(failure) ? questions.reaches() : undefined,
    image === undefined ? undefined : quietly(() => blobOf(context, failure, image)),
    image === undefined || blob === undefined ? undefined : quietly(() => blobAgain(context, image, blob)),
    image === undefined ? undefined : quietly(() => manifestOf(context, failure, image)),
    isOfGuard(failure) ? questions.hasScanner() : undefined,
    url === undefined ? undefined : questions.redirect(url),
  ]);
  const isRefused = again !== undefined && (again.status === 404 || Number(again.status) >= 500);
  const fetched =
    isServing(origin) && isRefused && image !== undefined
      ? await quietly(() => probes.upstreams.get(context, image))
      : undefined;
  return compact<Partial<Findings>>({
    ...{ origin: fetched ?? origin, again: again?.status, isOfRegistry: again?.isOfRegistry },
    ...{ isOfHead: again?.isOfHead, policyWords: again?.refusal },
    ...{ reaches, originBlob, blobAgain: blobPulled, originManifest, hasScanner: scanner, redirect },
  });
}

function needsOrigin(failure: Failure): boolean {
  const { problem, symptom } = failure;
  return (
    isFetch(failure) ||
    // Of a refusal that is a page: whether it comes from the upstream.
    ['denied', 'policy'].includes(symptom ?? '') ||
    ['login-refused', 'login-wanted', 'registry-differs', 'headers-changed'].includes(problem?.kind ?? '')
  );
}

function isShownByPull({ problem }: Failure): boolean {
  return ['any-token-accepted', 'registry-differs', 'headers-changed', 'client-refused'].includes(problem?.kind ?? '');
}

function isOfGuard({ problem }: Failure): boolean {
  return problem?.kind === 'policy-open' || problem?.kind === 'not-scanned';
}

async function manifestOf(
  context: PullContext,
  { problem }: Failure,
  image: string,
): Promise<OriginManifest | undefined> {
  if (problem?.kind === 'missing-platform' || problem?.kind === 'digest-differs')
    return askOriginManifest(context, image);
  return problem?.kind === 'wrong-manifest' && problem.subject !== undefined
    ? askOriginManifest(context, image, problem.subject)
    : undefined;
}

/** A blob that came wrong, or that did not come. */
async function blobOf(
  context: PullContext,
  { problem, symptom, result }: Failure,
  image: string,
): Promise<OriginBlob | undefined> {
  const isOfBytes = problem?.kind === 'wrong-bytes' || problem?.kind === 'short-bytes';
  const digest = isOfBytes ? problem.subject : symptom === undefined ? undefined : failedBlob(result);
  return digest === undefined ? undefined : askOriginBlob(context, image, digest);
}

/** Every detected cause: the result belongs to the worst one. */
export function withCauses({ result, failures }: Probed, reach: Findings['reach']): CheckResult {
  const seen = failures.flatMap(({ failure, findings }) =>
    causesBy(RULES, failure, { ...findings, ...(reach && { reach }) }),
  );
  const [cause, ...others] = byRank([...new Map(seen.map((one) => [`${one.kind} ${one.words}`, one])).values()]);
  if (!cause) return result;
  return { ...result, cause, ...(others.length > 0 && { alsoCauses: others }) };
}

/**
 * A scenario with a controlled upstream also fails if the project cannot be pulled from at all: then it has the cause
 * of the earlier pulls, if it ended in the same way.
 */
export function inherit(results: readonly CheckResult[]): readonly CheckResult[] {
  return results.map((result) => {
    if (isBad(result) && !result.cause && isRedirect(result.requests.at(-1))) return redirectedToo(result, results);
    if (isBad(result) && !result.cause && result.project === undefined) return atFrontToo(result, results);
    if (!isBad(result) || result.cause || !PLAYED.has(result.id)) return result;
    const symptom = symptomOf(result);
    const alike = results.find(
      (other) =>
        other.cause?.rank === 'outage' &&
        other.project === result.project &&
        !PLAYED.has(other.id) &&
        symptom !== undefined &&
        symptomOf(other) === symptom,
    );
    return alike?.cause ? { ...result, cause: alike.cause } : result;
  });
}

/**
 * A proxy that responds to pulls instead of Harbor also responds to the checks of the front door: recognized by the
 * same status.
 */
function atFrontToo(result: CheckResult, results: readonly CheckResult[]): CheckResult {
  const status = lastBadPull(result.requests)?.status;
  const alike = results.find(
    ({ cause, requests }) =>
      (cause?.kind === 'front-error' || cause?.kind === 'front-limit-of-pulls') &&
      status !== undefined &&
      lastBadPull(requests)?.status === status,
  );
  return alike?.cause ? { ...result, cause: alike.cause } : result;
}

const isRedirect = ({ status = 0 }: Partial<RequestRecord> = {}): boolean => status >= 300 && status < 400;

/** What ended with a redirect, where pulls of the same project are redirected; at the front door those of any. */
function redirectedToo(result: CheckResult, results: readonly CheckResult[]): CheckResult {
  const alike = results.find(
    ({ cause, project }) =>
      cause?.kind === 'front-redirects-pulls' && (result.project === undefined || result.project === project),
  );
  return alike?.cause ? { ...result, cause: alike.cause } : result;
}

/** Findings that are the same for every failure of the project. */
async function findOut(
  context: PullContext,
  probes: Probes,
  base: Findings,
  results: readonly CheckResult[],
): Promise<Findings> {
  const { project } = context;
  const bounded = <T>(work: (asking: PullContext) => Promise<T>): Promise<T | undefined> =>
    quietly(() => within(context.wire, PROBE_WITHIN_MS, (wire) => work({ ...context, wire })));
  const [live, registry, quota] = await Promise.all([
    bounded((asking) => readProject(asking, asking.wire)),
    bounded((asking) => readRegistry(asking, asking.wire)),
    bounded((asking) => readQuota(asking, asking.wire)),
  ]);
  const id = live?.state === 'present' ? live.id : undefined;
  const robots = await Promise.all(
    robotsOf(project).map(async (robot) => [robot.username, await probes.robot(context, robot, id)] as const),
  );
  const known = robots.filter((one): one is readonly [string, RobotFinding] => one[1] !== undefined);
  return {
    ...base,
    project,
    problems: [...base.problems, ...results.flatMap(({ problems }) => problems ?? [])],
    robots: Object.fromEntries(known),
    ...(live && { live }),
    ...(project.origin && { upstream: new URL(project.origin.url).host }),
    ...(registry?.status !== undefined && { registryStatus: registry.status }),
    drift: registryDrift(project, registry),
    ...(quota && { quota }),
  };
}

/** `silent` only if the ping itself is not answered: a Harbor that is slow with its own records waits for no upstream. */
async function pingSoon(context: PullContext): Promise<Findings['reaches']> {
  const { wire } = context;
  const id = await within(wire, PROBE_WITHIN_MS, (bounded) => registryIdOf(context, bounded));
  if (id === undefined || id === 0) return undefined;
  let isAnswered = false;
  const reached = await within(wire, PROBE_WITHIN_MS, async (bounded) => {
    const answer = await pingRegistry(context, id, bounded);
    isAnswered = true;
    return answer;
  }).catch((thrown: unknown) => {
    // Its own limit may be shorter than that of the probe.
    if (!(thrown instanceof NetworkError) || thrown.code !== 'NETWORK_TIMEOUT') throw thrown;
    return undefined;
  });
  return isAnswered ? reached : 'silent';
}

import { compact } from '../../compact';
import { NetworkError } from '../../errors';
import { isManifestType, manifestReference } from '../../oci';
import { errorCode, errorText } from '../answer-words';
import type { PullContext } from '../model/context';
import { hasScanner, pingUpstream, readProject, readQuota, readUpstreamStatus } from '../harbor-api';
import { namedImage } from '../pull/named-image';
import { once, oncePerKey } from '../../once';
import { CATALOGUE } from '../selection';
import type { CheckResult } from '../model/result';
import { robotsOf } from '../model/target';
import { within } from '../run/time-bound';
import { askOriginBlob, askOriginManifest, type OriginManifest } from './ask-origin';
import { byRank } from './causes-of';
import type { Failure, Findings, RobotFinding } from './findings';
import { PROBE_WITHIN_MS, quietly, type Probes } from './probes';
import { applyRules } from './rule';
import { RULES } from './rules';
import { failedImage, lastBadPull, symptomOf } from './symptom';
import { isFetch } from './rules/upstream';

/** A result, and the probes' findings for each of its problems. */
export interface Probed {
  readonly result: CheckResult;
  readonly failures: readonly { readonly failure: Failure; readonly findings: Findings }[];
}

/** Their upstream was told to misbehave: what it returns afterwards does not explain their results. */
const PLAYED = new Set(
  CATALOGUE.filter(({ phase }) => phase === 'situation' || phase === 'outage').map(({ id }) => id),
);

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

/** Runs probes if something in a project failed; upstreams are contacted only as often as `probes` allows. */
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
  const pulls = new Map<string, Promise<PullAgain | undefined>>();
  const pullAgain = (image: string): Promise<PullAgain | undefined> =>
    oncePerKey(pulls, image, () => quietly(() => tryAgain(context, image)));
  const ping = once(() => quietly(() => pingSoon(context)));
  const scannerOf = once(() =>
    quietly(() => within(context.wire, PROBE_WITHIN_MS, (wire) => hasScanner(context, wire))),
  );
  const about = async (failure: Failure): Promise<Findings> => {
    const image = failedImage(failure.result, context.project);
    const isOfPull =
      failure.symptom !== undefined || isFetch(failure) || failure.problem?.kind === 'any-token-accepted';
    const [origin, again, reached, originBlob, originManifest, scanner] = await Promise.all([
      needsOrigin(failure) ? probes.upstreams.ask(context, image) : undefined,
      isOfPull && image !== undefined ? pullAgain(image) : undefined,
      isFetch(failure) ? ping() : undefined,
      image === undefined ? undefined : quietly(() => blobOf(context, failure, image)),
      image === undefined ? undefined : quietly(() => manifestOf(context, failure, image)),
      isOfGuard(failure) ? scannerOf() : undefined,
    ]);
    return compact<Findings>({
      ...known,
      origin,
      again: again?.status,
      isOfRegistry: again?.isOfRegistry,
      policyWords: again?.refusal,
      reaches: reached,
      originBlob,
      originManifest,
      hasScanner: scanner,
    });
  };
  return Promise.all(
    failing.map(async ({ result, failures }) => ({
      result,
      failures: await Promise.all(failures.map(async (failure) => ({ failure, findings: await about(failure) }))),
    })),
  );
}

function needsOrigin(failure: Failure): boolean {
  const { problem } = failure;
  return isFetch(failure) || ['login-refused', 'login-wanted'].includes(problem?.kind ?? '');
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

async function blobOf(
  context: PullContext,
  { problem }: Failure,
  image: string,
): Promise<'right' | 'wrong' | undefined> {
  const isOfBlob = problem?.kind === 'wrong-bytes' || problem?.kind === 'short-bytes';
  return isOfBlob && problem.subject !== undefined ? askOriginBlob(context, image, problem.subject) : undefined;
}

/** Every detected cause: the result belongs to the worst one. */
export function withCauses({ result, failures }: Probed, reach: Findings['reach']): CheckResult {
  const seen = failures.flatMap(({ failure, findings }) => {
    const cause = applyRules(RULES, failure, { ...findings, ...(reach && { reach }) });
    return cause ?? [];
  });
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
  const [live, registryStatus, quota] = await Promise.all([
    bounded((asking) => readProject(asking, asking.wire)),
    bounded((asking) => readUpstreamStatus(asking, asking.wire)),
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
    ...(registryStatus !== undefined && { registryStatus }),
    ...(quota && { quota }),
  };
}

async function pingSoon(context: PullContext): Promise<Findings['reaches']> {
  let isAnswered = false;
  const reached = await within(context.wire, PROBE_WITHIN_MS, async (wire) => {
    const answer = await pingUpstream(context, wire);
    isAnswered = true;
    return answer;
  });
  return isAnswered ? reached : 'silent';
}

function undefinedWhereSilent(thrown: unknown): undefined {
  if (!(thrown instanceof NetworkError) || thrown.code !== 'NETWORK_TIMEOUT') throw thrown;
}

interface PullAgain {
  readonly status: number | 'silent';
  /** Harbor's own message, if it refuses. */
  readonly refusal?: string;
  /** Of an error: its body is a registry error. */
  readonly isOfRegistry?: boolean;
}

async function tryAgain({ project, puller, wire }: PullContext, text: string): Promise<PullAgain | undefined> {
  const { image, name } = namedImage(project.name, text);
  const answer = await within(wire, PROBE_WITHIN_MS, (bounded) =>
    puller.manifest('GET', name, manifestReference(image), bounded),
  ).catch(undefinedWhereSilent);
  if (!answer) return { status: 'silent' };
  const { status, body, contentType } = answer;
  const words = status === 412 || status === 403 ? errorText(body) : undefined;
  return compact({
    status,
    refusal: words,
    isOfRegistry: status >= 400 ? errorCode(body) !== undefined : isManifestType(contentType),
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestRecord } from '../../oci';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { NO_INDEX_PULL_TIME } from '../model/deviation';
import { readArtifact, readRetention, type Artifact } from '../harbor-api';
import { hasFeature } from '../harbor-version';
import type { NamedImage } from '../pull/named-image';
import { error, evidence, fail, knownDeviation, pass, skip, type Evidence, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { rehearse } from '../harbor-api/retention';
import { isOver } from '../pull/time-bound';
import { notCached } from '../pull/cached-pull';

/**
 *      1. the pull is recorded within 30 s    else fail (a known deviation for an index before 2.15.1)
 *      2. the tag is still there              else fail
 *      3. the policy is calculated here       fail if it would delete the image now
 */
export const check: ProjectCheck = {
  id: 'S15',
  title: 'Pull times are recorded, so retention keeps the image',
  proves: "A pulled image has its tag and a pull time of this week, and the project's retention policy keeps it.",
  why:
    'Retention and garbage collection removed images in use that had no tag or pull time ' +
    '(goharbor/harbor#23570, #20844, #22953).',
  limits:
    'Evaluates the policy without starting a job in Harbor, not even a dry run. Rules that count ' +
    'artifacts are shown but not evaluated.',
  versions: 'from 2.15.1 for an index; older versions do not keep its pull time: a known deviation',
  upstreamCost: 'as S1',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) =>
    context.project.proxy
      ? perImage(context, (image) => look(context, image))
      : Promise.resolve(skip('not a proxy cache project')),
};

/** Harbor writes pull times every ten seconds, and every proxy project deletes after seven days. */
const WRITTEN_WITHIN_MS = 30_000;
/** With a scaled time: shorter than this, a slow machine would miss Harbor's write. */
const MIN_WAIT_MS = 2_000;
const EVERY_MS = 1_000;
const MIN_EVERY_MS = 50;
/** The policy that Harbor creates with each proxy cache project (docs/harbor-behavior.md 5.4). */
const KEPT_FOR_MS = 7 * 24 * 60 * 60_000;

const STORED_LATER =
  'its last pull is recorded; its tag and retention are not checked, because Harbor stores an index that was pulled partially some minutes later';

/**
 * The references that are read from Harbor, and what they must have:
 *
 *      pulled                             read                       must have
 *      an image by tag                    tag, image                 the tag and a pull time
 *      an index by tag, every platform    tag, images                the tag and a pull time
 *      an index by tag, some platforms    images: the tag comes      a pull time
 *                                         400 s later
 *      anything by digest                 images                     a pull time
 */
async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const { pulled, caching } = await context.images.pullAndWait(context, image);
  if (caching.state === 'unknown' && pulled.problems.length === 0) return skip(caching.why);
  if (caching.state !== 'cached') return skip(notCached(image));
  const { tag, digest } = image.image;
  // An index pulled by digest is stored under another one, and one with missing platforms is stored minutes later:
  // only its images can be found.
  const isLate = tag !== undefined && digest === undefined && !pulled.isWhole;
  const top = tag !== undefined && digest === undefined && !isLate ? [tag] : [];
  const finding = await waitForFinding(context, image, [...new Set([...top, ...pulled.leaves])]);
  const shown = finding.seen.map(([reference, at]) => evidence(`last pull of ${reference}`, at));
  if (finding.unread !== undefined) return error(`whether Harbor recorded the pull is not known: ${finding.unread}`);
  const [problem] = finding.problems;
  if (problem === undefined && isLate) return pass(STORED_LATER, shown);
  if (problem === undefined) return judgeRetention(context, image, finding.kept, shown);
  if (isOldIndex(context, finding)) return knownDeviation(NO_INDEX_PULL_TIME, problem.words, shown);
  return fail(finding.problems.map(({ words }) => words).join('; '), shown);
}

/** What the project's policy would do with it now: the artifact is known, so nothing has to be started. */
async function judgeRetention(
  context: ProjectContext,
  { image, text }: NamedImage,
  artifact: Artifact | undefined,
  shown: readonly Evidence[],
): Promise<Outcome> {
  const known = 'tagged, and its last pull is recorded';
  const policy = await readRetention(context, context.wire);
  if (!policy || !artifact) return pass(known, [...shown, evidence('retention', 'none, or not to be read')]);
  const { tags, pushedAtMs, lastPulledAtMs: pulledAtMs = 0 } = artifact;
  const found = rehearse(policy, { repository: image.repository, tags, pushedAtMs, pulledAtMs }, Date.now());
  const rules = 'rules' in found ? found.rules.join(', ') : '';
  if (found.verdict === 'removed')
    return fail(`retention would delete ${text}, although it was just pulled: no rule keeps it (${rules})`, shown);
  if (found.verdict === 'kept')
    return pass(`${known}; retention keeps it`, [...shown, evidence('retention', `kept by ${found.by}`)]);
  const why = found.verdict === 'untouched' ? 'no rule matches it' : `depends on the other artifacts: ${rules}`;
  return pass(known, [...shown, evidence('retention', why)]);
}

/** One way in which Harbor's record of an artifact could let it be deleted. */
interface Problem {
  readonly words: string;
  /** Only the time of an index is missing. */
  readonly isIndexTime: boolean;
}

/** What one poll found. */
interface Finding {
  /** Of the first reference, which retention uses. */
  readonly kept: Artifact | undefined;
  readonly problems: readonly Problem[];
  /** Why the rest could not be read: a response that is not Harbor's does not show that an image is gone. */
  readonly unread?: string;
  readonly seen: readonly (readonly [reference: string, at: string])[];
}

/** The known deviation covers a finding only if nothing else is wrong: a lost tag of an index is still a failure. */
function isOldIndex({ harborVersion }: ProjectContext, { problems }: Finding): boolean {
  return hasFeature(harborVersion, 'indexPullTime') === false && problems.every(({ isIndexTime }) => isIndexTime);
}

/**
 * Polls until nothing is wrong; returns the last finding if that does not happen in time. Only the requests of the last
 * poll are recorded: the others were too early.
 */
async function waitForFinding(
  context: ProjectContext,
  image: NamedImage,
  references: readonly string[],
): Promise<Finding> {
  const { timeScale } = context.timing;
  const deadlineMs = Math.max(WRITTEN_WITHIN_MS * timeScale, MIN_WAIT_MS);
  const everyMs = Math.max(EVERY_MS * timeScale, MIN_EVERY_MS);
  const startedAt = performance.now();
  context.waiting(`until the pull of ${image.text} is recorded`);
  for (let polled = 1; ; polled++) {
    const last: RequestRecord[] = [];
    const finding = await readFinding(context, image, references, (request) => void last.push(request));
    const isLast = isOver({ timeScale, deadlineMs, everyMs }, performance.now() - startedAt, polled);
    const isFine = finding.problems.length === 0 && finding.unread === undefined;
    if (isFine || isLast) {
      last.forEach((request) => context.wire.record(request));
      return finding;
    }
    await sleep(everyMs, undefined, { signal: context.signal });
  }
}

async function readFinding(
  context: ProjectContext,
  { image }: NamedImage,
  references: readonly string[],
  record: (request: RequestRecord) => void,
): Promise<Finding> {
  const wire = { ...context.wire, record };
  const problems: Problem[] = [];
  const seen: [string, string][] = [];
  const artifacts: (Artifact | undefined)[] = [];
  for (const reference of references) {
    const answer = await readArtifact(context, image.repository, reference, wire);
    if (answer.state === 'hidden' || answer.state === 'odd')
      return { problems, seen, kept: artifacts[0], unread: answer.why };
    const artifact = answer.state === 'present' ? answer.artifact : undefined;
    seen.push([reference, artifact?.pulledAtMs === undefined ? 'never' : new Date(artifact.pulledAtMs).toISOString()]);
    problems.push(...problemsOf(reference, artifact));
    artifacts.push(artifact);
  }
  return { problems, seen, kept: artifacts[0] };
}

function problemsOf(reference: string, artifact: Artifact | undefined): Problem[] {
  if (!artifact) return [{ words: `${reference} is no longer stored`, isIndexTime: false }];
  const problems: Problem[] = [];
  if (!reference.startsWith('sha256:') && !artifact.tags.includes(reference))
    problems.push({ words: `${artifact.digest} does not have the tag ${reference}`, isIndexTime: false });
  const { pulledAtMs } = artifact;
  const isIndexTime = artifact.children.length > 0;
  if (pulledAtMs === undefined)
    problems.push({
      words: `${reference} was pulled, but Harbor recorded no pull`,
      isIndexTime,
    });
  else if (Date.now() - pulledAtMs > KEPT_FOR_MS)
    problems.push({
      words: `${reference} was just pulled, but Harbor's last pull time is ${new Date(pulledAtMs).toISOString()}`,
      isIndexTime,
    });
  return problems;
}

import { manifestReference } from '../../oci';
import { errorText } from '../answer-words';
import type { PullContext } from '../context';
import type { OriginFinding } from './ask-origin';
import { causeOf, type Findings } from './cause';
import { readQuota, readUpstreamStatus } from '../harbor-api';
import { namedImage } from '../pull/named-image';
import { remember } from '../remember';
import type { CheckResult } from '../result';
import { failedImage, symptomOf, type Symptom } from './symptom';
import { within } from '../time-bound';
import type { Reach, UpstreamProbes } from './upstream-probes';

/** A result, and where it is bad what was asked about it. */
export interface Probed {
  readonly result: CheckResult;
  readonly symptom?: Symptom;
  readonly findings?: Findings;
}

/** A probe that takes longer has found out that nobody answers, or nothing. */
const PROBE_WITHIN_MS = 10_000;

/** Asks around where something of a project failed; upstreams only as often as `probes` thinks right. */
export async function probe(
  context: PullContext,
  results: readonly CheckResult[],
  probes: UpstreamProbes,
): Promise<Probed[]> {
  const symptoms = results.map((result) => (isBad(result) && !result.cause ? symptomOf(result) : undefined));
  if (symptoms.every((symptom) => symptom === undefined)) return results.map((result) => ({ result }));
  const known = await findOut(context);
  const refusals = new Map<string, Promise<string | undefined>>();
  const askWhy = (image: string): Promise<string | undefined> =>
    remember(refusals, image, () => quietly(() => refusalWords(context, image)));
  return Promise.all(
    results.map(async (result, at): Promise<Probed> => {
      const symptom = symptoms[at];
      if (symptom === undefined) return { result };
      const image = failedImage(result, context.project);
      const origin = await probes.ask(context, image);
      const isRefusal = symptom === 'policy' || symptom === 'denied';
      const policyWords = isRefusal && image !== undefined ? await askWhy(image) : undefined;
      return {
        result,
        symptom,
        findings: { ...known, ...ofImage(context, origin), ...(policyWords && { policyWords }) },
      };
    }),
  );
}

function ofImage({ project }: PullContext, origin: OriginFinding | undefined): Partial<Findings> {
  return origin ? { origin, originLogin: project.origin?.credential !== undefined } : {};
}

/** @param reach of all upstreams that were asked: none that answers is no upstream's fault */
export function withCause({ result, symptom, findings }: Probed, reach: Reach): CheckResult {
  const cause = symptom && findings && causeOf(symptom, { ...findings, reach });
  return cause ? { ...result, cause } : result;
}

function isBad({ status }: CheckResult): boolean {
  return status === 'fail' || status === 'error';
}

/** What is the same for every image of the project. */
async function findOut(context: PullContext): Promise<Findings> {
  const { project } = context;
  const bounded = <T>(work: (asking: PullContext) => Promise<T>): Promise<T | undefined> =>
    quietly(() => within(context.wire, PROBE_WITHIN_MS, (wire) => work({ ...context, wire })));
  const [registryStatus, quota, credential] = await Promise.all([
    bounded((asking) => readUpstreamStatus(asking, asking.wire)),
    bounded((asking) => readQuota(asking, asking.wire)),
    bounded(askForToken),
  ]);
  return {
    project: project.name,
    ...(project.origin && { upstream: new URL(project.origin.url).host }),
    ...(registryStatus !== undefined && { registryStatus }),
    ...(quota && { quota }),
    ...(credential && { credential }),
  };
}

async function askForToken({ project, puller, wire }: PullContext): Promise<Findings['credential']> {
  if (!project.pullCredential) return undefined;
  const { status } = await puller.token(undefined, undefined, wire);
  return { username: project.pullCredential.username, status };
}

async function refusalWords({ project, puller, wire }: PullContext, text: string): Promise<string | undefined> {
  const { image, name } = namedImage(project.name, text);
  const answer = await within(wire, PROBE_WITHIN_MS, (bounded) =>
    puller.manifest('GET', name, manifestReference(image), bounded),
  );
  return answer && (answer.status === 412 || answer.status === 403) ? errorText(answer.body) : undefined;
}

/** A probe that fails finds nothing out, and takes nothing away from what failed before it. */
async function quietly<T>(probe: () => Promise<T>): Promise<T | undefined> {
  return probe().catch(() => undefined);
}

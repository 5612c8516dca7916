import { manifestReference } from '../oci';
import { errorText } from './answer-words';
import { askOrigin } from './ask-origin';
import type { ProjectContext } from './check';
import { causeOf, type Findings } from './cause';
import { readQuota, readUpstreamStatus } from './harbor-api';
import { namedImage } from './image-cache';
import type { CheckResult } from './result';
import { symptomOf } from './symptom';

/** Looks for who is at fault, once for a project in which something failed; what is found stands in the results. */
export async function explain(
  context: Omit<ProjectContext, 'images'>,
  results: readonly CheckResult[],
): Promise<CheckResult[]> {
  const symptoms = results.map((result) => (isBad(result) ? symptomOf(result) : undefined));
  if (symptoms.every((symptom) => symptom === undefined)) return [...results];
  const findings = await probe(context, symptoms.includes('policy') || symptoms.includes('denied'));
  return results.map((result, at) => {
    const symptom = symptoms[at];
    const cause = symptom && causeOf(symptom, findings);
    return cause ? { ...result, cause } : result;
  });
}

/** Harbor that cannot be reached is the cause of every check that was not even begun. */
export function explainUnreachable(results: readonly CheckResult[], host: string): CheckResult[] {
  const first = results.find(
    ({ project, status, requests }) =>
      project === undefined && status === 'error' && requests.some(({ error }) => error),
  );
  if (!first) return [...results];
  const cause = {
    party: 'front door',
    words: `${host} cannot be reached`,
    evidence: [{ label: first.id, value: first.message }],
    whatToDo: 'look at DNS, certificate, Traefik and the way there from this machine; nothing else could be found out',
  };
  return results.map((result) => (result.status === 'error' ? { ...result, cause } : result));
}

function isBad({ status }: CheckResult): boolean {
  return status === 'fail' || status === 'error';
}

async function probe(context: Omit<ProjectContext, 'images'>, askWhy: boolean): Promise<Findings> {
  const { project, wire } = context;
  const [origin, registryStatus, quota, credential, policyWords] = await Promise.all([
    askOrigin(context),
    quietly(() => readUpstreamStatus(context, wire)),
    quietly(() => readQuota(context, wire)),
    quietly(() => askForToken(context)),
    askWhy ? quietly(() => refusalWords(context)) : undefined,
  ]);
  return {
    project: project.name,
    ...(project.origin && { upstream: new URL(project.origin.url).host }),
    ...(origin && { origin, originLogin: project.origin?.credential !== undefined }),
    ...(registryStatus !== undefined && { registryStatus }),
    ...(quota && { quota }),
    ...(credential && { credential }),
    ...(policyWords !== undefined && { policyWords }),
  };
}

async function askForToken({ project, puller, wire }: Omit<ProjectContext, 'images'>): Promise<Findings['credential']> {
  if (!project.pullCredential) return undefined;
  const { status } = await puller.token(undefined, undefined, wire);
  return { username: project.pullCredential.username, status };
}

async function refusalWords({ project, puller, wire }: Omit<ProjectContext, 'images'>): Promise<string | undefined> {
  const [text] = project.images;
  if (text === undefined) return undefined;
  const { image, name } = namedImage(project.name, text);
  const answer = await puller.manifest('GET', name, manifestReference(image), wire);
  return answer.status === 412 || answer.status === 403 ? errorText(answer.body) : undefined;
}

/** A probe that fails finds nothing out, and takes nothing away from what failed before it. */
async function quietly<T>(probe: () => Promise<T>): Promise<T | undefined> {
  return probe().catch(() => undefined);
}

import { logLine } from '../jobs/job-log';
import type { Context } from '../context';
import { HarborError } from '../errors';
import { isImmutable } from '../immutable/matcher';
import { deleteArtifactAs } from '../registry/events';
import { JOB_SERVICE } from '../audit/entries';
import { topLevelArtifacts } from '../registry/top-level';
import type { ArtifactRow, RepositoryRow } from '../store/rows';
import { PatternError } from '../selection/glob';
import { type Candidate, requireKnown, select, SelectorError } from '../selection/selector';
import type { Store } from '../store/store';
import type { RetentionRule } from './policy';
import { renderTable } from './table';
import { retainedBy, ruleProblem, type Times } from './templates';

/** Result of one task. `total` and `retained` count artifacts, not tags. */
export interface CleanedRepository {
  readonly status: 'Success' | 'Error';
  readonly total: number;
  readonly retained: number;
  readonly log: string;
}

/** `rules` are those whose repository selector matched, without the disabled ones. */
export interface Cleaning {
  readonly algorithm: string;
  readonly rules: readonly RetentionRule[];
  readonly dryRun: boolean;
}

interface Artifact extends Candidate, Times {
  readonly row: ArtifactRow;
}

/** A rule that cannot be applied: the whole repository is left unchanged. */
class RuleError extends Error {}

type Outcome = 'RETAIN' | 'DEL' | 'ERR' | 'IMMUTABLE';

const SOURCE = 'pkg/retention/job.go';
const HEADINGS = ['Digest', 'Tag', 'Kind', 'Labels', 'PushedTime', 'PulledTime', 'CreatedTime', 'Retention'];

/**
 * Harbor's job for one repository (src/pkg/retention/job.go): artifacts that no rule retains are deleted.
 *
 *     artifacts ──► each rule: its tag selectors, then its template ──► retained by any rule (or)
 *     not retained ──► tag is immutable?  IMMUTABLE (kept)    dry run?  DEL, only in the log    else DEL
 *     no rule has a tag selector ──► everything is retained: Harbor does nothing then
 */
export function cleanRepository(context: Context, repository: RepositoryRow, cleaning: Cleaning): CleanedRepository {
  const { algorithm, rules, dryRun } = cleaning;
  const artifacts = candidatesIn(context.store, repository);
  const started =
    logLine(
      'INFO',
      `${SOURCE}:84`,
      `Run retention process.\n Repository: ${repository.name} \n Rule Algorithm: ${algorithm} \n Dry Run: ${dryRun}`,
    ) + logLine('INFO', `${SOURCE}:99`, `Load ${artifacts.length} candidates from repository ${repository.name}`);
  try {
    const retained = retainedOf(artifacts, cleaning, rules, context.clock.now());
    const outcomes = artifacts.map((artifact) => outcomeOf(context, artifact, retained, dryRun));
    const rows = artifacts.map((artifact, index) => rowOf(context.store, artifact, outcomes[index]!.outcome));
    const errors = outcomes.flatMap(({ error }, index) =>
      error === undefined
        ? []
        : [
            logLine(
              'INFO',
              `${SOURCE}:226`,
              `Retention error for artifact image:${repository.name}:${artifacts[index]!.row.digest} : ${error}`,
            ),
          ],
    );
    const deleted = outcomes.filter(({ outcome }) => outcome === 'DEL').length;
    return {
      status: 'Success',
      total: artifacts.length,
      retained: artifacts.length - deleted,
      log: started + logLine('INFO', `${SOURCE}:220`, `\n${renderTable(HEADINGS, rows)}`) + errors.join(''),
    };
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const log = started + logLine('ERROR', `${SOURCE}:259`, `retention job: ${error.message}`);
    return { status: 'Error', total: 0, retained: 0, log };
  }
}

/**
 * Newest first, by push and then by id. `pulledAt` is -1 for what was never pulled, so that it is older than
 * any time.
 */
function candidatesIn(store: Store, repository: RepositoryRow): Artifact[] {
  const rows = topLevelArtifacts(store, store.artifacts.findAll('repository', repository.id));
  return rows
    .sort((a, b) => b.pushTime - a.pushTime || b.id - a.id)
    .map((row) => {
      const tags = store.tags.findAll('artifact', row.id);
      return {
        row,
        repository: repository.name.slice(repository.name.indexOf('/') + 1),
        tags: tags.sort((a, b) => b.pushTime - a.pushTime || b.id - a.id).map(({ name }) => name),
        pushedAt: seconds(Math.max(row.pushTime, ...tags.map(({ pushTime }) => pushTime))),
        pulledAt: seconds(Math.max(row.pullTime, ...tags.map(({ pullTime }) => pullTime))) || -1,
      };
    });
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/**
 * Undefined: no rule has a selector for tags; then Harbor does nothing.
 * @throws RuleError
 */
function retainedOf(
  artifacts: readonly Artifact[],
  { algorithm }: Cleaning,
  rules: readonly RetentionRule[],
  nowMs: number,
): ReadonlySet<Artifact> | undefined {
  for (const rule of rules) requireUsable(rule);
  if (algorithm !== 'or') {
    const what = `no processor registered with algorithm: ${algorithm}`;
    throw new RuleError(`get processor for algorithm: ${algorithm}: ${what}`);
  }
  const working = rules.filter(({ tag_selectors: selectors = [] }) => selectors.length > 0);
  if (working.length === 0 || artifacts.length === 0) return undefined;
  try {
    return new Set(
      working.flatMap((rule) => {
        const selected = rule.tag_selectors!.reduce<readonly Artifact[]>((left, one) => select(one, left), artifacts);
        return retainedBy(rule, selected, seconds(nowMs));
      }),
    );
  } catch (error) {
    if (error instanceof PatternError) throw new RuleError(`artifact processing error: ${error.message}`);
    throw error;
  }
}

/** @throws RuleError, which fails the task and deletes nothing */
function requireUsable(rule: RetentionRule): void {
  const problem = ruleProblem(rule);
  if (problem !== undefined) throw new RuleError(problem);
  try {
    for (const selector of rule.tag_selectors ?? []) requireKnown(selector);
  } catch (error) {
    if (error instanceof SelectorError) throw new RuleError(`get selector by metadata: ${error.message}`);
    throw error;
  }
}

/** Without rules everything is retained. A dry run tells what would happen, immutable tags included. */
function outcomeOf(
  context: Context,
  artifact: Artifact,
  retained: ReadonlySet<Artifact> | undefined,
  dryRun: boolean,
): { readonly outcome: Outcome; readonly error?: string } {
  if (!retained || retained.has(artifact)) return { outcome: 'RETAIN' };
  // Harbor removes the first segment from a path that no longer contains the project.
  const repository = artifact.repository.slice(artifact.repository.indexOf('/') + 1);
  if (isImmutable(context.store, artifact.row.projectId, { repository, tags: artifact.tags }))
    return { outcome: 'IMMUTABLE', error: 'Immutable tag' };
  if (dryRun) return { outcome: 'DEL' };
  try {
    deleteArtifactAs(context, JOB_SERVICE, artifact.row);
    return { outcome: 'DEL' };
  } catch (error) {
    if (!(error instanceof HarborError)) throw error;
    return { outcome: 'ERR', error: `http error: code ${error.status}, message ${error.body().trim()}` };
  }
}

function rowOf(store: Store, { row, tags, pushedAt, pulledAt }: Artifact, outcome: Outcome): readonly string[] {
  const labels = row.labelIds.flatMap((id) => store.labels.get(id)?.name ?? []);
  const times = [pushedAt, pulledAt, seconds(row.pushTime)].map(timeText);
  return [row.digest, tags.join(','), 'image', labels.join(','), ...times, outcome];
}

function timeText(atSeconds: number): string {
  if (atSeconds <= 0) return '';
  return new Date(atSeconds * 1000).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

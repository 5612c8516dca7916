import type { Context } from '../context';
import { allowedCves, reportsOf, verdictOn } from '../scanning/reports';
import { scannerOf } from '../scanning/scanners';
import { isAtLeast, type Severity, severityOf } from '../store/rows/vulnerability-report';
import { select } from '../selection/selector';
import type { ArtifactRow, PreheatPolicyRow, ProjectRow } from '../store/rows';
import type { Store } from '../store/store';

/** One tag of an artifact that may be preheated. */
export interface PreheatCandidate {
  readonly artifact: ArtifactRow;
  readonly tag: string;
}

interface Filter {
  readonly type?: string;
  readonly value?: unknown;
}

/** Filters that Harbor stores but cannot use. */
export class PreheatFilterError extends Error {}

const ORDER = ['repository', 'tag', 'label', 'signature', 'vulnerability'];

/** One for each tag: an untagged artifact cannot be preheated, because providers are given a tag. */
export function candidatesOf(store: Store, artifacts: readonly ArtifactRow[]): PreheatCandidate[] {
  return artifacts
    .filter(({ type }) => type === 'IMAGE' || type === 'CNAI')
    .flatMap((artifact) => store.tags.findAll('artifact', artifact.id).map(({ name }) => ({ artifact, tag: name })));
}

/**
 * What the policy selects, and the security settings of its project, which replace the policy's own
 * (src/controller/p2p/preheat/enforcer.go).
 * @throws PreheatFilterError, PatternError
 */
export function preheatable(
  context: Context,
  project: ProjectRow,
  policy: PreheatPolicyRow,
  candidates: readonly PreheatCandidate[],
): readonly PreheatCandidate[] {
  const own = ((JSON.parse(policy.filters) as readonly Filter[] | null) ?? []).filter(
    ({ type }) => type !== 'signature' && type !== 'vulnerability',
  );
  const { enable_content_trust: trust, prevent_vul: prevents, severity = '' } = project.metadata;
  const filters = [
    ...own,
    ...(trust === 'true' ? [{ type: 'signature', value: true }] : []),
    ...(prevents === 'true' && severity !== '' ? [{ type: 'vulnerability', value: severityOf(severity) }] : []),
  ];
  if (filters.length === 0) throw new PreheatFilterError('no underlying filters');
  const ordered = [...filters].sort((a, b) => place(a) - place(b));
  return ordered
    .map((filter) => keeperOf(context, project, filter))
    .reduce<readonly PreheatCandidate[]>((left, keeps) => (left.length === 0 ? left : left.filter(keeps)), candidates);
}

function place({ type = '' }: Filter): number {
  return ORDER.includes(type) ? ORDER.indexOf(type) : ORDER.length;
}

/**
 * Each filter becomes a test. A wrong type of value is an error of the execution and not of the policy: Harbor
 * stores it.
 */
function keeperOf(
  context: Context,
  project: ProjectRow,
  { type = '', value }: Filter,
): (one: PreheatCandidate) => boolean {
  const { store } = context;
  if (value === undefined || value === null)
    throw new PreheatFilterError(`pattern value is missing for filter: ${type}`);
  if (['repository', 'tag', 'label'].includes(type) && typeof value !== 'string')
    throw new PreheatFilterError(`invalid string pattern format for filter: ${type}`);
  switch (type) {
    case 'repository':
    case 'tag': {
      const decoration = type === 'tag' ? 'matches' : 'repoMatches';
      return ({ artifact, tag }) => {
        const repository = artifact.repositoryName.slice(project.name.length + 1);
        const selector = { kind: 'doublestar', decoration, pattern: textOf(value) };
        return select(selector, [{ namespace: project.name, repository, tags: [tag] }]).length > 0;
      };
    }
    case 'label': {
      const wanted = value === '' ? [] : textOf(value).split(',');
      return ({ artifact }) => {
        const labels = artifact.labelIds.flatMap((id) => store.labels.get(id)?.name ?? []);
        return wanted.every((label) => labels.includes(label));
      };
    }
    case 'signature':
      return ({ artifact }) => isSigned(store, artifact);
    case 'vulnerability':
      return ({ artifact }) => isBelow(context, project, artifact, value as Severity);
    default:
      throw new PreheatFilterError(`unknown filter type: ${type}`);
  }
}

function isSigned(store: Store, { repositoryName, digest }: ArtifactRow): boolean {
  return store.accessories
    .findAll('subject', `${repositoryName}@${digest}`)
    .some(({ type }) => type.startsWith('signature.'));
}

/** An artifact without a scan counts as worse than any severity. */
function isBelow(context: Context, project: ProjectRow, artifact: ArtifactRow, threshold: Severity): boolean {
  const scanner = scannerOf(context.store, project);
  const verdict = scanner && verdictOn(reportsOf(context.store, scanner, artifact), allowedCves(context, project));
  return verdict?.status === 'Success' && !isAtLeast(verdict.severity, threshold);
}

/** A filter's value as Harbor reads it: a value that is not a text matches nothing. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

import { HarborError } from '../errors';
import type { ArtifactRow, ImmutableTagRuleRow, TagRow } from '../store/rows';
import { PatternError } from '../selection/glob';
import { type Candidate, select, type Selector, SelectorError } from '../selection/selector';
import type { Store } from '../store/store';
import { type ImmutableRule, parseRule } from './rule';

/**
 * Whether a rule of the project covers one of these tags (src/pkg/immutable/match/rule). Only the first selector of
 * each list counts. A rule that cannot be read ends the search: then nothing is protected.
 */
export function isImmutable(store: Store, projectId: number, candidate: Candidate): boolean {
  const rules = store.immutableTagRules.findAll('project', projectId).sort((a, b) => a.id - b.id);
  try {
    return rules.some((row) => covers(row, candidate));
  } catch (error) {
    if (error instanceof PatternError || error instanceof SelectorError) return false;
    throw error;
  }
}

/** `extras` is overwritten: Harbor never applies a rule to untagged artifacts. */
function covers(row: ImmutableTagRuleRow, candidate: Candidate): boolean {
  if (row.disabled) return false;
  const rule: ImmutableRule = parseRule(row.content);
  const [repositories] = rule.scope_selectors?.['repository'] ?? [];
  const [tags] = rule.tag_selectors ?? [];
  return isTaken(repositories, candidate) && isTaken(tags && { ...tags, extras: '{"untagged": false}' }, candidate);
}

function isTaken(selector: Selector | undefined, candidate: Candidate): boolean {
  return selector !== undefined && select(selector, [candidate]).length > 0;
}

/**
 * For one tag alone. A rule protects a tag, but an artifact cannot be deleted while one of its tags is
 * protected.
 */
export function isTagImmutable(store: Store, tag: TagRow): boolean {
  const artifact = store.artifacts.get(tag.artifactId);
  if (!artifact) return false;
  return isImmutable(store, artifact.projectId, {
    repository: withoutProject(artifact.repositoryName),
    tags: [tag.name],
  });
}

/** @throws HarborError 412 */
export function requireDeletableTag(store: Store, tag: TagRow): void {
  if (isTagImmutable(store, tag))
    throw new HarborError('PRECONDITION', `the tag ${tag.name} configured as immutable, cannot be deleted`);
}

/**
 * A push to an immutable tag is refused, even with the same digest.
 * @throws HarborError 412
 */
export function requirePushableTag(store: Store, repositoryName: string, name: string): void {
  const repository = store.repositories.find('name', repositoryName);
  const tag = repository && store.tags.find('name', `${repository.id}:${name}`);
  if (!tag || !isTagImmutable(store, tag)) return;
  const path = withoutProject(repositoryName);
  throw new HarborError('PRECONDITION', `Failed to process request due to '${path}:${name}' configured as immutable.`);
}

/** @throws HarborError 412 when a tag of these artifacts is immutable; then nothing is deleted */
export function requireDeletableArtifacts(store: Store, artifacts: readonly ArtifactRow[]): void {
  for (const artifact of artifacts)
    for (const tag of store.tags
      .findAll('artifact', artifact.id)
      .sort((a, b) => b.pushTime - a.pushTime || b.id - a.id))
      requireDeletableTag(store, tag);
}

function withoutProject(repositoryName: string): string {
  return repositoryName.slice(repositoryName.indexOf('/') + 1);
}

import type { Context } from '../context';
import { openUpstream, upstreamOf } from '../registry/proxy-upstream';
import type { UpstreamRegistry } from '../registry/upstream-client';
import { fetchRemoteJson } from '../registry/upstream-push';
import { topLevelArtifacts } from '../registry/top-level';
import type { RegistryRow, ReplicationPolicyRow } from '../store/rows';
import type { Store } from '../store/store';
import { ReplicationError, specificNames, type Wanted, wantedBy } from './names';

/** A repository of the source, and what is copied from it. */
export interface Resource {
  readonly repository: string;
  /** Harbors have artifacts, other registries only images. */
  readonly type: 'artifact' | 'image';
  /** Tags, or digests of untagged artifacts. */
  readonly references: readonly string[];
}

interface Listed {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly labels: readonly string[];
}

/**
 * What a policy would copy.
 *
 *      source              asked by                          labels
 *      this Harbor         the tables                        yes
 *      another Harbor      its API, a hundred per list       yes
 *      any registry        names of the filter, or the       none: a filter by label matches nothing
 *                          catalog; then the list of tags
 * @throws ReplicationError with the status text of the execution
 */
export async function resourcesOf(
  context: Context,
  policy: ReplicationPolicyRow,
  source: RegistryRow | undefined,
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const wanted = wantedBy(policy.filters);
  try {
    if (!source) return localResources(context.store, wanted);
    return source.type === 'harbor'
      ? await harborResources(upstreamOf(context, source, signal), wanted)
      : await imagesOf(context, source, wanted, signal);
  } catch (error) {
    throw new ReplicationError(`failed to fetch artifacts: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Children of an index are copied with it, so they are not resources of their own. */
function localResources(store: Store, wanted: Wanted): Resource[] {
  const repositories = store.repositories.all().filter(({ name }) => wanted.matchesName(name));
  return repositories.flatMap(({ id, name }) => {
    const artifacts = topLevelArtifacts(store, store.artifacts.findAll('repository', id)).map((row) => ({
      digest: row.digest,
      tags: store.tags.findAll('artifact', row.id).map((tag) => tag.name),
      labels: row.labelIds.flatMap((label) => store.labels.get(label)?.name ?? []),
    }));
    return artifactResource(name, artifacts, wanted);
  });
}

/** By Harbor's API and not by the catalog. Only the first hundred of each list. */
async function harborResources(source: UpstreamRegistry, wanted: Wanted): Promise<Resource[]> {
  const ask = (path: string) => fetchRemoteJson(source, `/api/v2.0${path}page_size=100`);
  const projects = (await ask('/projects?')) as { readonly name: string }[];
  const found: Resource[] = [];
  for (const project of projects) {
    const repositories = (await ask(`/projects/${project.name}/repositories?`)) as { readonly name: string }[];
    for (const { name } of repositories.filter((one) => wanted.matchesName(one.name))) {
      const path = encodeURIComponent(encodeURIComponent(name.slice(project.name.length + 1)));
      const rows = (await ask(`/projects/${project.name}/repositories/${path}/artifacts?with_label=true&`)) as Row[];
      found.push(...artifactResource(name, rows.map(listed), wanted));
    }
  }
  return found;
}

interface Row {
  readonly digest: string;
  readonly tags: { readonly name: string }[] | null;
  readonly labels: { readonly name: string }[] | null;
}

function listed({ digest, tags, labels }: Row): Listed {
  return { digest, tags: (tags ?? []).map(({ name }) => name), labels: (labels ?? []).map(({ name }) => name) };
}

/** An untagged artifact passes a filter for tags that matches the empty text. */
export function artifactResource(repository: string, artifacts: readonly Listed[], wanted: Wanted): Resource[] {
  const references = artifacts
    .filter(({ labels }) => wanted.matchesLabels(labels))
    .flatMap(({ digest, tags }) => {
      if (tags.length > 0) return wanted.tagsOf(tags);
      return wanted.tagsOf(['']).length > 0 ? [digest] : [];
    });
  return references.length === 0 ? [] : [{ repository, type: 'artifact', references }];
}

/** A name without a pattern is not looked up in the catalog. */
async function imagesOf(
  context: Context,
  source: RegistryRow,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Resource[]> {
  const upstream = await openUpstream(context, source, signal);
  const names = specificNames(wanted.name) ?? (await catalogOf(upstreamOf(context, source, signal)));
  const found: Resource[] = [];
  for (const repository of names.filter(wanted.matchesName)) {
    const tags = await upstream.listTags(repository).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`failed to fetch artifacts: failed to list artifacts of repository ${repository}: ${reason}`);
    });
    const references = wanted.matchesLabels([]) ? wanted.tagsOf(tags) : [];
    if (references.length > 0) found.push({ repository, type: 'image', references });
  }
  return found;
}

/** The first thousand names. null counts as none. */
async function catalogOf(source: UpstreamRegistry): Promise<readonly string[]> {
  const { repositories } = (await fetchRemoteJson(source, '/v2/_catalog?n=1000')) as {
    readonly repositories?: readonly string[] | null;
  };
  return repositories ?? [];
}

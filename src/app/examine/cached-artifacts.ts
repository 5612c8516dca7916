import { compact } from '../../compact';
import { HarborApiError } from '../../errors';
import type { Client } from '../../harbor';

/** A manifest that is no index and lies in Harbor with everything it names. */
export interface CachedArtifact {
  readonly project: string;
  /** Without the project: `library/alpine`. */
  readonly repository: string;
  readonly digest: string;
  /** Of the manifest with all it names; absent where Harbor does not say. */
  readonly sizeBytes?: number;
}

interface ArtifactWire {
  readonly digest: string;
  readonly size?: number;
  readonly references?: readonly { readonly child_digest: string }[] | null;
}

/** Repositories looked into at most: a project whose first twenty hold nothing is treated as empty. */
const REPOSITORIES = 20;

/**
 * Up to `limit` artifacts of a project, one of each repository. Harbor makes an artifact of a proxied manifest once
 * its blobs are there; an index is made with those children only that somebody pulled, so children are asked for.
 * A project that does not exist, or that may not be read, has none.
 */
export async function cachedArtifacts(client: Client, project: string, limit: number): Promise<CachedArtifact[]> {
  const found: CachedArtifact[] = [];
  for (const name of await repositoriesOf(client, project)) {
    if (found.length >= limit) break;
    const repository = name.slice(project.length + 1);
    const leaf = await leafOf(client, artifactsPath(project, repository));
    if (leaf)
      found.push(
        compact({
          project,
          repository,
          digest: leaf.digest,
          sizeBytes: leaf.size,
        }),
      );
  }
  return found;
}

async function repositoriesOf(client: Client, project: string): Promise<string[]> {
  try {
    const path = `/projects/${encodeURIComponent(project)}/repositories`;
    const page = await client.get<{ readonly name: string }[]>(path, { query: { page_size: REPOSITORIES, page: 1 } });
    return page.map(({ name }) => name);
  } catch (error) {
    if (error instanceof HarborApiError && [401, 403, 404].includes(error.status)) return [];
    throw error;
  }
}

async function leafOf(client: Client, path: string): Promise<ArtifactWire | undefined> {
  const artifacts = await client.get<ArtifactWire[]>(path, { query: { page_size: 5, page: 1 } });
  for (const artifact of artifacts) {
    const children = artifact.references ?? [];
    if (children.length === 0) return artifact;
    for (const { child_digest: digest } of children) {
      const child = await client.find<ArtifactWire>(`${path}/${digest}`);
      if (child) return child;
    }
  }
  return undefined;
}

/** The repository is encoded twice: Harbor decodes its path once before it routes. */
function artifactsPath(project: string, repository: string): string {
  const encoded = encodeURIComponent(encodeURIComponent(repository));
  return `/projects/${encodeURIComponent(project)}/repositories/${encoded}/artifacts`;
}

import { compact } from '../../compact';
import { HarborApiError } from '../../errors';
import type { Client } from '../../harbor';

/** A manifest that is not an index and whose contents are completely stored in Harbor. */
export interface CachedArtifact {
  readonly project: string;
  /** Without the project: `library/alpine`. */
  readonly repository: string;
  readonly digest: string;
  /** Of the manifest and everything it names; absent if Harbor does not return it. */
  readonly sizeBytes?: number;
}

/** `unread` if these credentials may not look, or something else responded: then what is cached is not known. */
export interface Cached {
  readonly artifacts: readonly CachedArtifact[];
  readonly unread?: string;
  /** Harbor itself refused. */
  readonly isRefused?: boolean;
}

interface ArtifactWire {
  readonly digest: string;
  readonly size?: number;
  readonly references?: readonly { readonly child_digest: string }[] | null;
}

/** Maximum number of repositories that are read: a project whose first twenty are empty counts as empty. */
const REPOSITORIES = 20;

/**
 * Up to `limit` artifacts of a project, one of each repository. Harbor creates an artifact for a proxied manifest once
 * its blobs are stored. A stored index contains only children that a client pulled, so children are read. A project
 * that does not exist has none.
 */
export async function cachedArtifacts(client: Client, project: string, limit: number): Promise<Cached> {
  try {
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
    return { artifacts: found };
  } catch (error) {
    // The examination goes on with other projects.
    if (!(error instanceof HarborApiError) || ![401, 403, 404].includes(error.status)) throw error;
    return error.status === 404 && error.isHarbors
      ? { artifacts: [] }
      : { artifacts: [], unread: error.message, isRefused: error.isHarbors };
  }
}

async function repositoriesOf(client: Client, project: string): Promise<string[]> {
  const path = `/projects/${encodeURIComponent(project)}/repositories`;
  const query = { page_size: REPOSITORIES, page: 1 };
  const page = await client.get<{ readonly name: string }[] | undefined>(path, { query });
  return (page ?? []).map(({ name }) => name);
}

/**
 * An index is not enough: of a cached index only some platforms are stored. The first child that is there is
 * taken.
 */
async function leafOf(client: Client, path: string): Promise<ArtifactWire | undefined> {
  const artifacts = await client.get<ArtifactWire[] | undefined>(path, { query: { page_size: 5, page: 1 } });
  for (const artifact of artifacts ?? []) {
    const children = artifact.references ?? [];
    if (children.length === 0) return artifact;
    for (const { child_digest: digest } of children) {
      const child = await client.find<ArtifactWire>(`${path}/${digest}`);
      if (child) return child;
    }
  }
  return undefined;
}

/** The repository is encoded twice because Harbor decodes the path once before routing. */
function artifactsPath(project: string, repository: string): string {
  const encoded = encodeURIComponent(encodeURIComponent(repository));
  return `/projects/${encodeURIComponent(project)}/repositories/${encoded}/artifacts`;
}

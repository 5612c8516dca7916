import type { HarborClient } from '../../harbor';
import type { Wish } from '../../warm';

interface RepositoryWire {
  readonly name: string;
  readonly pull_count?: number;
}

interface ArtifactWire {
  readonly tags?: readonly { readonly name: string; readonly pull_time?: string }[] | null;
}

/** The tags of these projects in a Harbor, with the number of pulls of their repository; newest pulls first. */
export async function pullRecords(client: HarborClient, projects: readonly string[]): Promise<readonly Wish[]> {
  const found: { readonly wish: Wish; readonly pulledAt: number }[] = [];
  for (const project of projects) {
    const repositories = await client.list<RepositoryWire>(`/projects/${project}/repositories`);
    for (const { name, pull_count: uses = 0 } of repositories) {
      const repository = name.slice(project.length + 1);
      const path = encodeURIComponent(encodeURIComponent(repository));
      const artifacts = await client.list<ArtifactWire>(`/projects/${project}/repositories/${path}/artifacts`);
      for (const tag of artifacts.flatMap(({ tags }) => tags ?? []))
        found.push({
          wish: { project, image: `${repository}:${tag.name}`, uses },
          pulledAt: Date.parse(tag.pull_time ?? '') || 0,
        });
    }
  }
  return found.sort((a, b) => b.pulledAt - a.pulledAt).map(({ wish }) => wish);
}

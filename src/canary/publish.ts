import { image, type FixtureUpstream } from '../sandbox/fixture-upstream';

/** The small image that a scenario tags: the same version gives the same bytes, another version gives others. */
export function publishVersion(upstream: FixtureUpstream, repository: string, tag: string, version: number): void {
  upstream.put(repository, tag, image({ seed: `${repository}:${tag} version ${version}` }));
}

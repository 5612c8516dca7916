import { compact } from '../compact';
import { image, type FixtureUpstream } from '../upstream';

/**
 * The image that a scenario tags: the same version gives the same bytes, another version gives others.
 * @param sizeBytes of the one file in the layer; absent: 2,048
 */
export function publishVersion(
  upstream: FixtureUpstream,
  repository: string,
  tag: string,
  version: number,
  sizeBytes?: number,
): void {
  const seed = `${repository}:${tag} version ${version}`;
  upstream.put(repository, tag, image(compact({ seed, sizeBytes })));
}

import type { Image } from '../../oci';
import type { PulledImage } from '../model/pulled';

/**
 * The requests in an upstream's log that concern one repository. `alpine` also matches `library/alpine`, because
 * Harbor's Docker Hub adapter adds the prefix.
 */
export function requestsTo(log: readonly string[], repository: string): string[] {
  return log.filter((line) => line.includes(`/v2/${repository}/`) || line.includes(`/v2/library/${repository}/`));
}

/**
 * Of these, the requests for an image that was pulled, once or by several clients: by its tag, its digest, or one of its
 * parts. Harbor copies images long after their pulls (docs/harbor-behavior.md 10.6), so the log also contains requests for
 * other images of the repository.
 */
export function requestsForImage(
  log: readonly string[],
  { image, pulled }: { readonly image: Image; readonly pulled: PulledImage | readonly PulledImage[] },
): string[] {
  const parts = new Set([pulled].flat().flatMap(({ digest, leaves, blobs }) => [digest, ...leaves, ...blobs]));
  for (const named of [image.tag, image.digest]) if (named !== undefined) parts.add(named);
  return requestsTo(log, image.repository).filter((line) => parts.has(line.slice(line.lastIndexOf('/') + 1)));
}

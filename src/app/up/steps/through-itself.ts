import type { Refusal } from '../../../diagnostic';
/**
 * Images of Harbor that would be pulled through Harbor itself: an empty machine has no server for them, nor is there
 * one after a disaster. They must come from their own registry, or from another mirror.
 * @param images as pinned, `repository:tag@sha256:…`
 * @param hostnames of Harbor and of its mirror domains
 */
export function pulledThroughItself(images: readonly string[], hostnames: readonly string[]): Refusal[] {
  return images
    .filter((image) => hostnames.includes(image.split('/')[0]!.split(':')[0]!))
    .map((image) => ({
      rule: 'pulled-through-itself',
      message: `${image} would be pulled from this Harbor, which needs it to start`,
      hint: 'pin the image from its upstream registry',
    }));
}

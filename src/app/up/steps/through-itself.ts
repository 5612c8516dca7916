import type { Refusal } from '../../../diagnostic';
/**
 * Images of Harbor that would be pulled through Harbor: on an empty machine no server has them, and after a disaster
 * neither. They come from their own registry, or from a mirror that is not this one.
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

import type { Refusal } from '../../../diagnostic';
/**
 * Images of Harbor that would be pulled through Harbor itself: an empty machine has no server for them, nor is there
 * one after a disaster. They must come from their own registry, or from another mirror.
 * @param images as pinned, `repository:tag@sha256:…`
 * @param hostnames of Harbor and of its mirror domains
 * @param ports of its front on the host; unknown where the front is another one
 */
export function pulledThroughItself(
  images: readonly string[],
  hostnames: readonly string[],
  ports?: readonly number[],
): Refusal[] {
  // A balancer in front of other ports has these.
  const own = ports && [80, 443, ...ports].map(String);
  return images
    .filter((image) => {
      const [name = '', port] = image.split('/')[0]!.split(':');
      return hostnames.includes(name) && (port === undefined || own === undefined || own.includes(port));
    })
    .map((image) => ({
      rule: 'pulled-through-itself',
      message: `${image} would be pulled from this Harbor, which needs it to start`,
      hint: 'pin the image from its upstream registry',
    }));
}

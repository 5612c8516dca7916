import { parseImageName, splitHost } from '../oci';
import { HOLE, textOf, type Value } from './value';

/** Ends of file names. A repository may end like this, but then it has a tag: `tool.sh:1.0` is accepted. */
const NOT_AN_IMAGE =
  /\.(?:png|jpe?g|svg|gif|webp|ico|bmp|avif|iso|img|raw|qcow2?|vmdk|vhdx?|ova|ovf|tar|tgz|gz|xz|zip|sif|ya?ml|json|html?|css|m?[jt]sx?|md|txt|pdf|mp4|container|image|build|pod|volume|sh|py|go|mod)$/i;
/** Beginnings of other things that are called image: paths, URLs, machine images of clouds. */
const FOREIGN =
  /^(?:[a-z][a-z0-9+.-]*:\/\/|[./~@:]|ami-|arn:|sha256:|projects\/|git@|file:|ubuntu-os-cloud\/|debian-cloud\/|cos-cloud\/|rocky-linux-cloud\/|centos-cloud\/|windows-cloud\/|aws\/codebuild\/)/i;
/** Values of settings that would be valid repository names. */
const WORDS: ReadonlySet<string> = new Set([
  'scratch',
  'true',
  'false',
  'null',
  'none',
  'yes',
  'no',
  'on',
  'off',
  'undefined',
  'default',
  'image',
  'latest',
  'todo',
  'string',
]);

/**
 * How certain it is that a text is an image name: `strong` with a registry, a tag or a digest; `weak` for a bare name,
 * which only counts in places that always contain an image.
 */
export function plausibility(value: Value): 'strong' | 'weak' | 'hole' | undefined {
  const text = textOf(value);
  if (text === '' || /\s/.test(text) || WORDS.has(text.toLowerCase())) return undefined;
  if (FOREIGN.test(text)) return undefined;
  if (text.includes(HOLE)) return plausibleWithHoles(text);
  const parsed = parseImageName(text);
  if (!('value' in parsed)) return undefined;
  const { tag, digest, registry, repository, writtenHost } = parsed.value;
  if (digest !== undefined) return 'strong';
  if (NOT_AN_IMAGE.test(repository) && tag === undefined) return undefined;
  if (tag !== undefined) return 'strong';
  return writtenHost !== undefined && /[.:]|^localhost$/.test(registry) ? 'strong' : 'weak';
}

/** `nginx:${TAG}` is certain, because the part before the hole is an image; `${IMAGE}` alone is not. */
function plausibleWithHoles(text: string): 'strong' | 'hole' | undefined {
  const filled = parseImageName(text.replaceAll(HOLE, 'x').replace(/@x$/, ''));
  if (!('value' in filled)) return undefined;
  const { host } = splitHost(text);
  const isNamed =
    (/^[a-z0-9]/.test(text) && /[:@]/.test(text.split(HOLE)[0] ?? '')) || (host !== undefined && !host.includes(HOLE));
  return isNamed ? 'strong' : 'hole';
}

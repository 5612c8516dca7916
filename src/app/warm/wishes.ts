import { originOf, standingOf, type Cache, type ImageReference } from '../../inventory';
import type { LeftOut, Wish } from '../../warm';
import { parseImageName, type ImageName } from '../../oci';

/** Every named image is in one of the two. */
export interface Wished {
  readonly wishes: readonly Wish[];
  readonly left: readonly LeftOut[];
}

/** The images that files or a cluster name, once for each occurrence. */
export function wishesFromReferences(references: readonly ImageReference[], cache: Cache): Wished {
  return gathered(
    references.map((one) => {
      const { reference, status, openTag, why } = one;
      const name = reference ?? one.written;
      if (reference === undefined) return { name, why: why ?? 'the image is not known from the file' };
      if (openTag !== undefined) return { name, why: `the tag is not known from the file: ${openTag}` };
      if (status === 'bypass') return { name, why: why ?? 'no proxy cache project is declared for it' };
      return wishOf(reference, cache);
    }),
  );
}

/** Names of images, one per line; empty lines and lines that begin with `#` are ignored. */
export function wishesFromList(text: string, cache: Cache): Wished {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return gathered(lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => wishOf(line, cache)));
}

/** The wish for one image, named as now or as in Harbor, or why there is none. */
export function wishOf(text: string, cache: Cache): Wish | LeftOut {
  const parsed = parseImageName(text);
  if ('problem' in parsed) return { name: text, why: parsed.problem };
  const name = parsed.value;
  const { status, project, why } = standingOf(name, cache);
  if (status === 'bypass' || project === undefined)
    return { name: text, why: why ?? 'no proxy cache project serves it' };
  const below = name.repository.slice(project.length + 1);
  if (cache.projects.some((one) => one.name === project && one.elsewhere) && name.repository === `${project}/${below}`)
    return { project, image: imageOf({ ...name, repository: below }), uses: 1 };
  const origin = status === 'needs-rewrite' ? name : originOf(name, cache);
  if (!origin) return { name: text, why: `${project} is not a proxy cache project, so Harbor fetches nothing for it` };
  return { project, image: imageOf(origin), uses: 1 };
}

/** As Harbor stores it: `nginx` on Docker Hub is `library/nginx`. */
function imageOf({ registry, repository, tag, digest }: ImageName): string {
  const path = registry === 'docker.io' && !repository.includes('/') ? `library/${repository}` : repository;
  return digest === undefined ? `${path}:${tag ?? 'latest'}` : `${path}@${digest}`;
}

function gathered(all: readonly (Wish | LeftOut)[]): Wished {
  const left = new Map(all.flatMap((one) => ('why' in one ? [[one.name, one] as const] : [])));
  return { wishes: all.flatMap((one) => ('why' in one ? [] : [one])), left: [...left.values()] };
}

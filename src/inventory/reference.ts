import { compact } from '../compact';
import { formatImageName } from '../oci';
import { standingOf, type Cache, type Standing, type Status } from './cache';
import { meaningOf } from './evaluate';
import type { Confidence, Found } from './found';
import { decoded, placeOf, type Place, type Source } from './source';
import { textOf } from './value';

/** An image that a file or a cluster names, and whether it is pulled through the cache. */
export interface ImageReference extends Standing {
  readonly file: string;
  readonly place?: Place;
  /** Bytes of the file, `end` exclusive. */
  readonly range?: { readonly start: number; readonly end: number };
  readonly format: string;
  readonly written: string;
  /** The full name, `docker.io/library/nginx:1.27`; absent if it is not known from the file. */
  readonly reference?: string;
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  /** Variable with the tag, if it is only known at run time. */
  readonly openTag?: string;
  /** The same name may refer to another image tomorrow. */
  readonly mutable: boolean;
  readonly confidence: Confidence;
  readonly status: Status;
}

/**
 * From the place in a file to what the report shows of it:
 *
 *      Found ──meaningOf──> ImageName ──standingOf──> status, target
 *        └──placeOf──> line, column    └── none: unresolvable, with the reason
 *
 * `mutable` is true if the tag may move. A digest that is only known at run time counts as a digest.
 */
export function referenceOf(source: Source, format: string, found: Found, cache: Cache): ImageReference {
  const { start, end, value, confidence } = found;
  const meaning = meaningOf(value);
  const where = {
    file: source.file,
    place: placeOf(source, start, end),
    range: { start, end },
    format,
    written: decoded(source.text.slice(start, end)),
    confidence,
  };
  if ('why' in meaning) return { ...where, mutable: true, status: 'unresolvable', why: meaning.why };
  const { name, openTag } = meaning;
  const { registry, repository, tag, digest } = name;
  return compact({
    ...where,
    reference: formatImageName(name),
    registry,
    repository,
    tag,
    digest,
    openTag,
    mutable: digest === undefined && !textOf(value).includes('@'),
    ...standingOf(name, cache),
  });
}

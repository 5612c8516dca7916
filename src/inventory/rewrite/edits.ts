import { compact } from '../../compact';
import { splitHost } from '../../oci';
import { originOf, standingOf, type Cache } from '../cache';
import { endOfName, meaningOf } from '../evaluate';
import type { Found } from '../found';
import type { ScannedFile, ScannedReference } from '../scan';
import { placeInFile, textOf } from '../value';

/** Replaces bytes [start, end) of a file with `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Listed with its reason: a reference is never left out in silence. */
export interface NotRewritten {
  readonly reference: ScannedReference['reference'];
  readonly why: string;
}

/** Offsets are those of the text before any of them is applied. */
export interface Edits {
  /** Sorted and not overlapping. */
  readonly edits: readonly Edit[];
  readonly refusals: readonly NotRewritten[];
}

/** `to-upstream` is the way back, without a record of what was there before. */
export type Direction = 'to-cache' | 'to-upstream';

/** A change within the text of a reference, before the position of that text is known. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Wanted {
  readonly scanned: ScannedReference;
  readonly edits: readonly (Edit & { readonly uses?: number })[];
}

/** The edits that rename the images of a file to the cache, or back to their upstreams. Tags and digests stay. */
export function editsOf({ source, references }: ScannedFile, cache: Cache, direction: Direction): Edits {
  const refusals: NotRewritten[] = [];
  const wanted: Wanted[] = [];
  for (const scanned of references) {
    const splices = direction === 'to-cache' ? toCache(scanned, cache) : toUpstream(scanned.found, cache);
    if (splices.length === 0) continue;
    const edits = splices.map((splice) => inFile(source.text, scanned.found, splice));
    const refuse = (why: string): void => void refusals.push({ reference: scanned.reference, why });
    if (scanned.found.fixed !== undefined) refuse(scanned.found.fixed);
    else if (edits.some((edit) => edit === undefined)) refuse('its name is not in one place of this file');
    else wanted.push({ scanned, edits: edits.filter((edit) => edit !== undefined) });
  }
  return agreed(wanted, refusals);
}

/**
 * A variable is edited only if all its uses need the same change. A tag or a registry is often a variable with several
 * uses. Its text can change only if every use needs the same change, and if each use is known:
 *
 *      REG=docker.io                 both uses need harbor/proxy instead: REG is edited
 *      a: $REG/nginx  b: $REG/redis
 *
 *      REG=docker.io                 the script does something else with REG: nothing is edited, both are refused
 *      a: $REG/nginx  curl $REG/v2/
 *
 * A refused reference takes those with it that share a place with it, and these are refused, too.
 */
function agreed(wanted: readonly Wanted[], before: readonly NotRewritten[]): Edits {
  const byPlace = new Map<string, { edit: Edit & { uses?: number }; count: number; texts: Set<string> }>();
  for (const { edits } of wanted)
    for (const edit of edits) {
      const known = byPlace.get(placeKey(edit)) ?? { edit, count: 0, texts: new Set() };
      byPlace.set(placeKey(edit), known);
      known.count += 1;
      known.texts.add(edit.text);
    }
  const isAgreed = (edit: Edit): boolean => {
    const { texts, count, edit: first } = byPlace.get(placeKey(edit))!;
    return texts.size === 1 && (first.uses === undefined || first.uses === count);
  };
  const refused = wanted.filter(({ edits }) => !edits.every(isAgreed));
  const kept = wanted.filter((one) => !refused.includes(one));
  const refusedPlaces = new Set(refused.flatMap(({ edits }) => edits.map(placeKey)));
  const safe = kept.filter(({ edits }) => edits.every((edit) => !refusedPlaces.has(placeKey(edit))));
  const why = 'its variable is used for something else as well';
  return {
    edits: merged(safe.flatMap(({ edits }) => edits)),
    refusals: [
      ...before,
      ...wanted.filter((one) => !safe.includes(one)).map(({ scanned }) => ({ reference: scanned.reference, why })),
    ],
  };
}

function placeKey({ start, end }: Edit): string {
  return `${start}-${end}`;
}

/**
 * Two references with the same variable ask for the same edit. What overlaps after that cannot be applied: the first
 * wins.
 */
function merged(edits: readonly Edit[]): Edit[] {
  const distinct = new Map(
    edits.map((edit) => [placeKey(edit), { start: edit.start, end: edit.end, text: edit.text }]),
  );
  const sorted = [...distinct.values()].sort((a, b) => a.start - b.start || a.end - b.end);
  return sorted.filter((edit, index) => index === 0 || edit.start >= sorted[index - 1]!.end);
}

/** Undefined if the text of the splice comes from several places or another file. */
function inFile(
  text: string,
  { value }: Found,
  { start, end, text: replacement }: Splice,
): (Edit & { uses?: number }) | undefined {
  const place = placeInFile(value, start, end);
  if (!place || text.slice(place.at, place.at + place.text.length) !== place.text) return undefined;
  return compact({
    start: place.at,
    end: place.at + place.text.length,
    text: replacement,
    uses: place.uses,
  });
}

/**
 *       in the file                 becomes
 *       nginx                       harbor.example.com/PROJECT/library/nginx
 *       docker.io/nginx             harbor.example.com/PROJECT/library/nginx
 *       quay.io/app                 harbor.example.com/PROJECT/app
 */
function toCache({ reference, found }: ScannedReference, { host: harbor }: Cache): Splice[] {
  const { status, project, repository = '' } = reference;
  if (status !== 'needs-rewrite' || harbor === undefined) return [];
  const text = textOf(found.value);
  const { host, path } = splitHost(text.slice(0, endOfName(text)));
  const isShort = repository.startsWith('library/') && !path.startsWith('library/');
  const prefix = `${harbor}/${project}`;
  if (host === undefined) return [{ start: 0, end: 0, text: `${prefix}/${isShort ? 'library/' : ''}` }];
  const rest = host.length + 1;
  return [
    { start: 0, end: host.length, text: prefix },
    ...(isShort ? [{ start: rest, end: rest, text: 'library/' }] : []),
  ];
}

/** The short form for Docker Hub: `nginx`, not `docker.io/library/nginx`. */
function toUpstream(found: Found, cache: Cache): Splice[] {
  const meaning = meaningOf(found.value);
  if ('why' in meaning || cache.host === undefined) return [];
  const origin = originOf(meaning.name, cache);
  const { project } = standingOf(meaning.name, cache);
  const prefix = `${cache.host}/${project}`;
  const text = textOf(found.value);
  if (!origin || !text.startsWith(`${prefix}/`)) return [];
  const isHub = origin.registry === 'docker.io';
  const short = `${prefix}/${isHub && /^library\/[^/]+$/.test(origin.repository) ? 'library/' : ''}`;
  if (isHub && placeInFile(found.value, 0, short.length)) return [{ start: 0, end: short.length, text: '' }];
  return [{ start: 0, end: prefix.length, text: origin.registry }];
}

/** Expects edits as `Edits` has them: sorted and not overlapping. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of edits) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return [...parts, text.slice(at)].join('');
}

/** The edits that undo these, in the resulting text. */
export function inverse(text: string, edits: readonly Edit[]): Edit[] {
  let shift = 0;
  return edits.map(({ start, end, text: replacement }) => {
    const undone = { start: start + shift, end: start + shift + replacement.length, text: text.slice(start, end) };
    shift += replacement.length - (end - start);
    return undone;
  });
}

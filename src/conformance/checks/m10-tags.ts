import { header, tagsIn, type PlainAnswer } from '../../oci';
import { counted, describePlain, errorCode } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { evidence, fail, pass, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 * Pages of 100 tags, at most 20. The tag of the declaration must be on one of them. More pages end in a skip: not found
 * is not the same as missing.
 */
export const check: ProjectCheck = {
  id: 'M10',
  title: 'Tags can be listed, page by page',
  proves: 'tags/list contains the declared tag, and its Link header points to the next page.',
  why: 'Renovate and Flux use it to find new versions; up to 2.15 it is empty for short Docker Hub names (goharbor/harbor#23368).',
  limits: 'Gives up after 20 pages of 100; a repository may have more tags.',
  upstreamCost: '1 GET of tags/list per page, which some upstreams count',
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

const PAGE = 100;
const MAX_PAGES = 20;

/**
 *      GET tags/list?n=100 ── Link: rel="next" ── …
 *      the tag is on a page                    pass: the rest is not read
 *      no next page, and the tag was on none   fail
 *      20 pages, and there are more            skip
 *      401 or 403 of Harbor                    skip, M1 is about it
 */
async function look(context: ProjectContext, { image, name }: NamedImage): Promise<Outcome> {
  if (image.tag === undefined) return skip('declared by digest: no tag to list');
  let path: string | undefined = `/v2/${name}/tags/list?n=${PAGE}`;
  let seen = 0;
  for (let page = 1; path !== undefined && page <= MAX_PAGES; page++) {
    const answer: PlainAnswer = await context.puller.authorized({ method: 'GET', path }, name, context.wire);
    const isRefused = answer.status === 401 || answer.status === 403;
    if (isRefused && errorCode(answer.body) !== undefined)
      return skip(`may not list: ${describePlain(answer)} (see M1)`);
    const tags = answer.status === 200 ? tagsIn(answer.body) : undefined;
    if (!tags)
      return fail(
        `page ${page}: expected a list of tags, got ${describePlain(answer)}`,
        [],
        isOfHarbor(answer) ? [problem('not-listed', image.repository, image.tag)] : [],
      );
    seen += tags.length;
    if (tags.includes(image.tag)) return pass(`listed on page ${page}`, [evidence('tags seen', seen)]);
    path = nextPage(header(answer, 'link'));
  }
  const rest = path === undefined ? '' : `; there are more than ${MAX_PAGES} pages`;
  return path === undefined
    ? fail(
        `${image.tag} is missing from the list of ${counted(seen, 'tag')}`,
        [],
        [problem('not-listed', image.repository, image.tag)],
      )
    : skip(`not found yet${rest}`);
}

/** A limit, or the error of a proxy in front, says nothing about the list. */
function isOfHarbor({ status, body }: PlainAnswer): boolean {
  return (status === 404 || status >= 500) && errorCode(body) !== undefined;
}

/** Only its path: a proxy may name another host, but the next page is requested from the same host as the first. */
function nextPage(link: string | undefined): string | undefined {
  const target = /<([^<>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined || !URL.canParse(target, 'http://harbor')) return undefined;
  const { pathname, search } = new URL(target, 'http://harbor');
  return pathname + search;
}

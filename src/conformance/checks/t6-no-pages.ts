import { header, isPageType, type PlainAnswer } from '../../oci';
import { mapBounded } from '../../map-bounded';
import type { HostCheck } from '../model/check';
import type { CheckContext } from '../model/context';
import { failOn, type Outcome } from '../model/outcome';
import { problem } from '../model/problem';

/** A page with status 200 comes from a login proxy or a portal that catches `/v2/`. */
export const check: HostCheck = {
  id: 'T6',
  title: 'No web page is served instead of the registry',
  proves: 'No path below /v2/ returns 200 with an HTML page.',
  why: "Harbor's portal answers paths that a proxy does not route, and containerd notices only when unpacking (goharbor/harbor#18530).",
  limits: 'Tries the paths of the distribution protocol, with and without a project; a proxy may route others.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'host',
  run,
};

const AT_ONCE = 3;
const ZERO = `sha256:${'0'.repeat(64)}`;
const PATHS = [
  '/v2/',
  '/v2/_catalog',
  '/v2/breakwater-probe/none/manifests/latest',
  `/v2/breakwater-probe/none/manifests/${ZERO}`,
  `/v2/breakwater-probe/none/blobs/${ZERO}`,
  '/v2/breakwater-probe/none/tags/list',
  `/v2/breakwater-probe/none/referrers/${ZERO}`,
  '/v2/none/manifests/latest',
];

async function run({ anonymous, wire }: CheckContext): Promise<Outcome> {
  const answers = await mapBounded(PATHS, AT_ONCE, (path) => anonymous.plain({ method: 'GET', path }, wire));
  const pages = PATHS.flatMap((path, at) => (isPage(answers[at]!) ? [`${path} [${answers[at]!.requestId}]`] : []));
  return failOn(
    pages.map((page) => `an HTML page with 200 at ${page}`),
    `${PATHS.length} paths, no web page`,
    [],
    pages.length > 0 ? [problem('page', undefined, '200')] : [],
  );
}

/** Only with 200: an error page with 404 or 502 is an error for every client, whatever it looks like. */
function isPage(answer: PlainAnswer): boolean {
  return answer.status === 200 && isPageType(header(answer, 'content-type'));
}

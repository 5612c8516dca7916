import { runConformance, type CheckResult } from '../../../../src/conformance';
import { readArtifact } from '../../../../src/conformance/harbor-api';
import { RegistryClient } from '../../../../src/oci';
import { sandboxBehindFront } from '../behind-front';
import { TIME_SCALE } from '../sandbox-target';

// A proxy in front answers instead of Harbor: it hides nothing, and refuses nothing in Harbor's name.
const at = sandboxBehindFront();

interface Given {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (status: number, body: object): Given => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});
const HARBORS = (status: number, code: string): Given => json(status, { errors: [{ code, message: 'x' }] });
const PAGE = (status: number): Given => ({ status, type: 'text/html; charset=utf-8', body: '<html>' });
/** As gateways write errors: https://jsonapi.org/format/#errors. */
const GATEWAY = json(403, { errors: [{ status: '403', code: 'access_denied', title: 'Forbidden' }] });

function answering(path: RegExp, { status, type, body }: Given, method?: string): void {
  at.front.intercept = (incoming, response) => {
    if (!path.test(incoming.url ?? '') || (method !== undefined && incoming.method !== method)) return false;
    response.writeHead(status, { 'content-type': type }).end(incoming.method === 'HEAD' ? undefined : body);
    return true;
  };
}

describe('readArtifact', () => {
  it.each<[string, Given, object]>([
    ['a refusal of Harbor', HARBORS(403, 'FORBIDDEN'), { state: 'hidden' }],
    ['a missing login', HARBORS(401, 'UNAUTHORIZED'), { state: 'hidden' }],
    ['no such artifact', HARBORS(404, 'NOT_FOUND'), { state: 'absent' }],
    ['a page with 403', PAGE(403), { state: 'odd', isPassing: false, why: expect.stringContaining('an HTML page') }],
    ['a page with 401', PAGE(401), { state: 'odd', isPassing: false }],
    ['the 403 of a gateway', GATEWAY, { state: 'odd', isPassing: false }],
    ['a page with 404', PAGE(404), { state: 'odd', isPassing: false }],
    ['a portal', PAGE(200), { state: 'odd', isPassing: false }],
    ['a limit', PAGE(429), { state: 'odd', isPassing: true }],
    ['a restart', PAGE(503), { state: 'odd', isPassing: true }],
  ])('%s', async (_what, given, expected) => {
    answering(/artifacts/, given);
    const anonymous = RegistryClient.open({ url: at.front.url });
    const [project] = at.under.target.projects;
    const context = { target: at.under.target, anonymous, project: project! };
    const wire = { record: () => undefined };
    const found = await readArtifact(context as never, 'library/multi', '2', wire);
    await anonymous.close();
    expect(found).toMatchObject(expected);
  });
});

async function play(check: string): Promise<CheckResult> {
  const projects = at.under.target.projects
    .filter((project) => !project.public)
    .map((one) => ({ ...one, quotaBytes: -1 }));
  const { results } = await runConformance(
    { ...at.under.target, harborUrl: at.front.url, projects },
    {
      tool: { name: 'breakwater', version: '0.0.0' },
      timeScale: TIME_SCALE,
      checks: [check],
      retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    },
  );
  expect(results.map(({ id }) => id)).toEqual([check]);
  return results[0]!;
}

it.each<[check: string, what: string, path: RegExp, given: Given, status: string, words: RegExp]>([
  ['X1', 'a page instead of the registry', /\/registries\//, PAGE(403), 'error', /^whether Harbor is as declared/],
  ['X1', 'a registry that may not be read', /\/registries\//, HARBORS(403, 'FORBIDDEN'), 'pass', /^as declared$/],
  ['X1', 'a gateway without Harbor', /\/summary$/, PAGE(502), 'error', /GET \/api\/v2\.0\/projects\/.* returned 502/],
  ['X1', 'a page instead of the project', /projects\/proxy\.private$/, PAGE(403), 'error', /403 an HTML page/],
  [
    'X1',
    'a project that may not be read',
    /projects\/proxy\.private$/,
    HARBORS(403, 'FORBIDDEN'),
    'skip',
    /does not show/,
  ],
  ['S14', 'a gateway without Harbor', /\/summary$/, PAGE(502), 'error', /^whether the quota has room is not known/],
  ['S14', 'a quota that may not be read', /\/summary$/, HARBORS(403, 'FORBIDDEN'), 'skip', /may not read the quota/],
  [
    'M10',
    'a page instead of a refusal',
    /\/tags\/list/,
    PAGE(403),
    'fail',
    /^page 1: expected a list of tags, got 403/,
  ],
  ['M10', 'a refusal of Harbor', /\/tags\/list/, HARBORS(403, 'DENIED'), 'skip', /^may not list/],
  [
    'M9',
    'a page instead of a refusal',
    /no-such-tag/,
    PAGE(403),
    'fail',
    /an unknown tag: expected 404, got 403 an HTML/,
  ],
  [
    'S1',
    'a gateway that refuses the API',
    /\/artifacts\//,
    GATEWAY,
    'skip',
    /could not be checked: the artifact API returned 403/,
  ],
])('%s: %s', async (check, _what, path, given, status, words) => {
  answering(path, given);
  expect(await play(check)).toMatchObject({ status, message: expect.stringMatching(words) });
});

it('W3: a page is not the refusal of Harbor', async () => {
  answering(/\/v2\//, PAGE(403), 'DELETE');
  expect(await play('W3')).toMatchObject({
    status: 'error',
    message: expect.stringMatching(/may delete is not known: 403/),
  });
});

it.each([
  [PAGE(403), 'error'],
  [HARBORS(401, 'UNAUTHORIZED'), 'pass'],
])('A3: %j for a private project', async (given, status) => {
  answering(/\/manifests\//, given, 'HEAD');
  expect((await play('A3')).status).toBe(status);
});

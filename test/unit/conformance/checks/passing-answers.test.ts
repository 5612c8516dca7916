import { runConformance, type CheckResult } from '../../../../src/conformance';
import { Front, type Intercept } from '../../../verdicts/front';
import { sandboxBehindFront } from '../behind-front';
import { TIME_SCALE } from '../sandbox-target';

// A limit of requests, or a failure of what is in front of Harbor, does not answer the question of a check.
const at = sandboxBehindFront();

interface Given {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
}

const PAGE = { type: 'text/html', body: '<html>' };
const LIMIT: Given = { status: 429, ...PAGE };
const GATEWAY: Given = { status: 502, type: 'text/plain', body: 'Bad Gateway' };
const RESTART: Given = { status: 503, ...PAGE };
const OF_HARBOR: Given = {
  status: 500,
  type: 'application/json',
  body: '{"errors":[{"code":"UNKNOWN","message":"internal server error"}]}',
};

/** @param times how many of these requests are answered so */
function answering(method: string, path: RegExp, { status, type, body }: Given, times = Infinity): Intercept {
  let left = times;
  return (incoming, response) => {
    if (incoming.method !== method || !path.test(incoming.url ?? '') || left-- <= 0) return false;
    response.writeHead(status, { 'content-type': type ?? 'text/plain' }).end(body ?? '');
    return true;
  };
}

async function behind(intercept: Intercept, check: string, attempts = 1): Promise<CheckResult> {
  at.front.intercept = intercept;
  const projects = at.under.target.projects.filter((project) => !project.public);
  const { results } = await runConformance(
    { ...at.under.target, harborUrl: at.front.url, projects },
    {
      tool: { name: 'breakwater', version: '0.0.0' },
      timeScale: TIME_SCALE,
      checks: [check],
      retry: { attempts, baseDelayMs: 1, maxDelayMs: 1 },
    },
  );
  expect(results.map(({ id }) => id)).toEqual([check]);
  return results[0]!;
}

const TOKEN = /^\/service\/token/;
const SCOPED = /^\/service\/token.*scope=repository/;

const ASKED: readonly (readonly [check: string, method: string, path: RegExp, words: RegExp])[] = [
  ['A2', 'GET', SCOPED, /^whether anonymous clients may pull is not known: the token service returned/],
  ['A4', 'GET', TOKEN, /^(?:robot\S+: )?the token service returned/],
  ['A5', 'GET', SCOPED, /^what robot\$\S+ may do is not known: the token service returned/],
  ['A8', 'GET', /\/v2\/breakwater-probe-that-is-not-there\//, /^whether it is refused is not known: /],
  ['M11', 'GET', /\/referrers\//, /^whether referrers are listed is not known: expected an OCI index, got/],
];

describe.each(ASKED)('%s does not know', (check, method, path, words) => {
  it.each([
    ['a limit', LIMIT],
    ['a gateway without Harbor', GATEWAY],
    ['a restart', RESTART],
  ])('behind %s', async (_what, given) => {
    const { status, message, problems } = await behind(answering(method, path, given), check);
    expect({ status, message, problems }).toEqual({
      status: 'error',
      message: expect.stringMatching(words),
      problems: undefined,
    });
  });
});

describe('A7, a POST that is answered so', () => {
  it.each([
    [
      'and so is GET',
      LIMIT,
      true,
      'error',
      /^what POST returns is not known: 429 an HTML page \[.*\], and 429 for GET$/,
    ],
    ['while GET gets a token', RESTART, false, 'fail', /^containerd gives up after 503/],
  ] as const)('%s', async (_what, given, isBoth, status, words) => {
    const post = answering('POST', TOKEN, given);
    const get = answering('GET', TOKEN, given);
    const result = await behind(
      (incoming, response) => post(incoming, response) || (isBoth && get(incoming, response)),
      'A7',
    );
    expect(result).toMatchObject({ status, message: expect.stringMatching(words) });
  });
});

describe('an error of Harbor itself', () => {
  it('for a missing project alone fails', async () => {
    const result = await behind(answering('GET', /that-is-not-there/, OF_HARBOR), 'A8');
    expect(result).toMatchObject({ status: 'fail', message: expect.stringMatching(/^expected 401, got 500 UNKNOWN/) });
  });

  it('for everything says nothing of a missing project', async () => {
    const missing = answering('GET', /that-is-not-there/, OF_HARBOR);
    let asked = 0;
    const result = await behind((incoming, response) => {
      if (incoming.url !== '/v2/') return missing(incoming, response);
      asked += 1;
      return answering('GET', /^\/v2\/$/, OF_HARBOR)(incoming, response);
    }, 'A8');
    expect(asked).toBeGreaterThan(0);
    expect(result.status).toBe('error');
  });

  it('for the list of referrers fails', async () => {
    expect(await behind(answering('GET', /\/referrers\//, OF_HARBOR), 'M11')).toMatchObject({ status: 'fail' });
  });
});

describe('a refusal that is not Harbor’s', () => {
  it.each(['A2', 'A5'])('%s: the token service is replaced', async (check) => {
    const result = await behind(answering('GET', SCOPED, { status: 403, ...PAGE }), check);
    expect(result).toMatchObject({ status: 'fail', cause: { kind: 'no-token', party: 'front door' } });
  });

  it('A5: Harbor’s own refusal is one of the secret', async () => {
    const result = await behind(answering('GET', SCOPED, { status: 401 }), 'A5');
    expect(result.problems).toMatchObject([{ kind: 'dead-credential' }]);
  });
});

/** One request that each check sends without repeating it. */
const ONCE: readonly (readonly [check: string, method: string, path: RegExp])[] = [
  ['T4', 'GET', /^\/v2\/$/],
  ['A1', 'GET', /\/manifests\//],
  ['A6', 'HEAD', /\/blobs\//],
  ['A7', 'POST', TOKEN],
  ['A8', 'GET', /that-is-not-there/],
  ['M9', 'GET', /no-such-tag/],
  ['M10', 'GET', /\/tags\/list/],
  ['M11', 'GET', /\/referrers\//],
];

describe.each(ONCE)('%s asks once more', (check, method, path) => {
  it.each([
    ['a limit', LIMIT],
    ['a restart', RESTART],
  ])('after %s of one moment', async (_what, given) => {
    const calm = await behind(() => false, check, 2);
    const result = await behind(answering(method, path, given, 1), check, 2);
    expect(result.status).toBe(calm.status);
    expect(['pass', 'known-deviation']).toContain(calm.status);
    expect(result.evidence).toContainEqual({
      label: 'first attempt',
      value: expect.stringContaining(`${given.status}`),
    });
  });
});

it('a check is not repeated if its requests were', async () => {
  const result = await behind(answering('HEAD', /\/manifests\//, RESTART), 'M1', 2);
  expect(result.status).toBe('fail');
  expect(result.requests.filter(({ method, status }) => method === 'HEAD' && status === 503)).toHaveLength(2);
});

it('a check that writes is not repeated', async () => {
  let pushes = 0;
  const result = await behind(
    (incoming, response) => {
      if (incoming.method !== 'PUT') return false;
      pushes += 1;
      response.writeHead(503).end();
      return true;
    },
    'W1',
    2,
  );
  expect([result.status, pushes]).toEqual(['error', 1]);
});

it('B3 does not call a blob uncached if that is not answered', async () => {
  const result = await behind(answering('HEAD', /\/blobs\//, RESTART), 'B3');
  expect(result).toMatchObject({
    status: 'error',
    message: expect.stringMatching(/whether it is cached is not known: 503/),
  });
});

it('B4: the page of a proxy is not the 404 of Harbor for a blob that is not cached', async () => {
  const result = await behind(answering('HEAD', /\/blobs\//, { status: 404, ...PAGE }), 'B4');
  expect(result).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^expected 200, got 404 an HTML page/),
  });
});

describe('D3, a manifest that the mirror answers with 503', () => {
  it.each([
    ['and Harbor as well', true, 'error', /; Harbor itself returned 503/],
    ['but Harbor does not', false, 'fail', /^GET library\/multi:2: 503 an HTML page/],
  ] as const)('%s', async (_what, isHarbors, status, words) => {
    const mirror = await Front.start();
    mirror.target = at.front;
    mirror.path = (url) =>
      url.startsWith('/service/token')
        ? '/service/token?service=harbor-registry&scope=repository:proxy.public/m:pull'
        : url.replace(/^\/v2\/(.+)$/, '/v2/proxy.public/$1');
    const broken = answering('GET', /\/manifests\/2$/, RESTART);
    at.front.intercept = isHarbors ? broken : () => false;
    mirror.intercept = isHarbors ? () => false : broken;
    const [project] = at.under.target.projects;
    const projects = [{ ...project!, mirrors: [{ url: mirror.url, serves: 'docker.io' }] }];
    const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale: TIME_SCALE, checks: ['D3'] };
    const retry = { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 };
    const { results } = await runConformance(
      { ...at.under.target, harborUrl: at.front.url, projects },
      { ...options, retry },
    );
    await mirror.close();
    expect(results[0]).toMatchObject({ status, message: expect.stringMatching(words) });
  });
});

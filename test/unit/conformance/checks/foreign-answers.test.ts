import type { IncomingMessage, ServerResponse } from 'node:http';
import { runConformance, type CheckResult } from '../../../../src/conformance';
import { readBlob } from '../../../../src/conformance/pull/blob-reading';
import { RegistryClient } from '../../../../src/oci';
import { Front, type Intercept } from '../../../verdicts/front';
import { sandboxBehindFront } from '../behind-front';
import { TIME_SCALE } from '../sandbox-target';

const at = sandboxBehindFront();

const say =
  (status: number, type = 'text/html', body = '<html>', headers: Readonly<Record<string, string>> = {}) =>
  (_incoming: IncomingMessage, response: ServerResponse): true => {
    response.writeHead(status, { 'content-type': type, ...headers }).end(body);
    return true;
  };
const on =
  (method: string, path: RegExp, intercept: Intercept): Intercept =>
  (incoming, response) =>
    incoming.method === method && path.test(incoming.url ?? '') ? intercept(incoming, response) : false;

/** The results of these checks for the private project, behind a proxy that answers so. */
async function behind(intercept: Intercept, ...checks: string[]): Promise<readonly CheckResult[]> {
  at.front.intercept = intercept;
  const projects = at.under.target.projects.filter((project) => !project.public);
  const { results } = await runConformance(
    { ...at.under.target, harborUrl: at.front.url, projects },
    {
      tool: { name: 'breakwater', version: '0.0.0' },
      timeScale: TIME_SCALE,
      checks,
      retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    },
  );
  return results;
}

it('A1: a page instead of a challenge does not show that anonymous clients can read', async () => {
  const [a1] = await behind(on('GET', /\/manifests\//, say(200)), 'A1');
  expect(a1).toMatchObject({ status: 'fail', cause: { kind: 'page', party: 'front door' } });
});

it.each<[string, Intercept]>([
  ['a page', say(200)],
  ['a redirect to a login', say(302, 'text/html', '', { location: '/login' })],
  ['a limit', say(429)],
  ['a failure', say(503)],
])('W1, W2 and W3 do not know whether writes are refused if %s comes instead', async (_what, answer) => {
  const isWrite: Intercept = (incoming, response) =>
    ['POST', 'PUT', 'DELETE'].includes(incoming.method ?? '') && (incoming.url ?? '').startsWith('/v2/')
      ? answer(incoming, response)
      : false;
  const results = await behind(isWrite, 'W1', 'W2', 'W3');
  expect(results.map(({ id, status, message }) => `${id} ${status} ${message}`)).toEqual([
    expect.stringMatching(/^W1 error whether pushes are refused is not known: /),
    expect.stringMatching(/^W2 error whether pushes are refused is not known: /),
    expect.stringMatching(/^W3 error whether .* may delete is not known: /),
  ]);
});

it('W3 does not take the 404 of a proxy for one of Harbor', async () => {
  const [w3] = await behind(on('DELETE', /^\/v2\//, say(404)), 'W3');
  expect(w3).toMatchObject({ status: 'error' });
});

it('W3 says nothing of a credential that gets no token', async () => {
  const [w3] = await behind(on('GET', /^\/service\/token/, say(503)), 'W3');
  expect(w3).toMatchObject({ status: 'error', message: 'the token service returned no token (see A4)' });
});

it.each<[string, Intercept, string]>([
  ['fails without a body', say(500, 'text/plain', ''), 'token-service'],
  ['is replaced by a page', say(500), 'no-token'],
])('T5: who is named if the token service %s', async (_what, answer, kind) => {
  const [t5] = await behind(on('GET', /^\/service\/token/, answer), 'T5');
  expect(t5).toMatchObject({ status: 'fail', cause: { kind } });
});

it('A4: a login page of a proxy with 401 does not blame the secret of a robot', async () => {
  const [a4] = await behind(on('GET', /^\/service\/token(?!.*scope)/, say(401)), 'A4');
  expect(a4).toMatchObject({ status: 'fail', cause: { kind: 'no-token', party: 'front door' } });
});

it.each(['TEXT/HTML; charset=utf-8', 'application/xhtml+xml'])('T6: a page of the type %s is one', async (type) => {
  const [t6] = await behind(
    (incoming, response) => incoming.url === '/v2/' && say(200, type)(incoming, response),
    'T6',
  );
  expect(t6).toMatchObject({ status: 'fail', message: expect.stringMatching(/^an HTML page with 200 at \/v2\//) });
});

it('M10: a proxy that fails says nothing of the tags', async () => {
  const [m10] = await behind(on('GET', /\/tags\/list/, say(503)), 'M10');
  expect(m10?.status).toBe('fail');
  expect(m10?.problems).toBeUndefined();
});

it('D4: a mirror domain passes on what Harbor itself returns', async () => {
  const mirror = await Front.start();
  mirror.target = at.front;
  mirror.path = (url) =>
    url.startsWith('/service/token')
      ? '/service/token?service=harbor-registry&scope=repository:proxy.public/m:pull'
      : url.replace(/^\/v2\/(.+)$/, '/v2/proxy.public/$1');
  at.front.intercept = (incoming, response) =>
    (incoming.url ?? '').includes('no-such-tag') && incoming.headers.authorization !== undefined
      ? say(429)(incoming, response)
      : false;
  const [project] = at.under.target.projects;
  const target = {
    ...at.under.target,
    harborUrl: at.front.url,
    projects: [{ ...project!, mirrors: [{ url: mirror.url, serves: 'docker.io' }] }],
  };
  const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale: TIME_SCALE, checks: ['D4'] };
  const { results } = await runConformance(target, {
    ...options,
    retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
  });
  await mirror.close();
  expect(results[0]).toMatchObject({ status: 'error', message: expect.stringMatching(/^Harbor itself returned 429/) });
});

const error = (status: number): Intercept =>
  say(status, 'application/json', '{"errors":[{"code":"UNKNOWN","message":"internal server error"}]}');

it.each<[string, Intercept, RegExp]>([
  ['in the form of Harbor', error(500), /^Harbor at .* returns errors \(500\) to every request$/],
  ['of a proxy', say(502), /^the proxy at .* responds, but Harbor behind it does not$/],
])('T4: who is named for an error %s', async (_what, answer, words) => {
  const [t4] = await behind((incoming, response) => incoming.url === '/v2/' && answer(incoming, response), 'T4');
  expect(t4?.cause).toMatchObject({ kind: 'harbor-unavailable', words: expect.stringMatching(words) });
});

describe('X1: a login that was not tried at the upstream is not refused', () => {
  const elsewhere = 'Bearer realm="https://elsewhere.invalid/token",service="x"';

  it.each<[string, (origin: string) => Intercept]>([
    ['it wants another kind of login', () => say(401, 'text/plain', '', { 'www-authenticate': 'Basic realm="x"' })],
    ['its tokens are at another host', () => say(401, 'text/plain', '', { 'www-authenticate': elsewhere })],
    [
      'it limits tokens',
      (origin) => (incoming, response) =>
        (incoming.url ?? '').startsWith('/token')
          ? say(429)(incoming, response)
          : say(401, 'text/plain', '', { 'www-authenticate': `Bearer realm="${origin}/token",service="x"` })(
              incoming,
              response,
            ),
    ],
    ['a firewall answers', () => say(403)],
  ])('%s', async (_what, answer) => {
    const wall = await Front.start();
    wall.intercept = answer(wall.url);
    at.front.intercept = () => false;
    const [, project] = at.under.target.projects;
    const origin = { url: wall.url, credential: { username: 'bot', password: () => 'secret' } };
    const target = { ...at.under.target, harborUrl: at.front.url, projects: [{ ...project!, origin }] };
    const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale: TIME_SCALE, checks: ['X1'] };
    const retry = { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 };
    const { results } = await runConformance(target, { ...options, retry });
    await wall.close();
    expect([results[0]?.status, results[0]?.problems]).toEqual(['pass', undefined]);
  });
});

it.each<[string, string, Readonly<Record<string, string>>, string]>([
  ['longer than its descriptor', 'much more than a few bytes', {}, 'wrong-bytes'],
  ['compressed by a proxy', 'zip', { 'content-encoding': 'gzip' }, 'headers-changed'],
])('a blob that is %s', async (_what, body, headers, kind) => {
  at.front.intercept = say(200, 'application/octet-stream', body, headers);
  const registry = RegistryClient.open({ url: at.front.url });
  const descriptor = { mediaType: 'x', digest: `sha256:${'1'.repeat(64)}`, sizeBytes: 10 };
  const { kind: found } = await readBlob(registry, 'p/r', descriptor, { record: () => undefined });
  await registry.close();
  expect(found?.kind).toBe(kind);
});

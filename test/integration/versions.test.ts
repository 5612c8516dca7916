import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../src/plan/plan';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';

const ENV = { HARBOR_PASSWORD: 'Harbor12345' };

let upstream: FixtureUpstream;
const started: Sandbox[] = [];

beforeAll(async () => {
  upstream = await startFixtureUpstream();
});

afterAll(async () => {
  await Promise.all(started.map((sandbox) => sandbox.close()));
  await upstream.close();
});

async function sandboxOf(harborVersion: string): Promise<string> {
  const sandbox = await startSandbox({ timeScale: 0.01, harborVersion });
  started.push(sandbox);
  return sandbox.url;
}

/** Policies with these keys of a proxy cache project; the keys begin in line 5. */
function policies(url: string, keys: readonly string[], version?: string): string {
  const harbor = `url: ${url}, username: admin, password: { env: HARBOR_PASSWORD }`;
  return directoryWith({
    'harbor.yaml': [
      `harbor: { ${harbor}${version === undefined ? '' : `, version: "${version}"`} }`,
      `registries: { up: { type: docker-registry, url: ${upstream.url} } }`,
      'projects:',
      '  cache:',
      ...['registry: up', ...keys].map((line) => `    ${line}`),
    ].join('\n'),
  });
}

const FILTER = ['proxy_cache_filter_pattern: library/**', 'proxy_cache_filter_kind: doublestar'];

describe('a declared field that the Harbor at hand does not know', () => {
  it.each<[version: string, keys: readonly string[], refused: readonly string[]]>([
    ['v2.13.5', ['max_upstream_conn: 5'], ['max_upstream_conn']],
    ['v2.14.4', ['max_upstream_conn: 5'], []],
    ['v2.14.4', ['proxy_cache_local_on_not_found: true'], ['proxy_cache_local_on_not_found']],
    ['v2.15.0', ['proxy_cache_local_on_not_found: true'], ['proxy_cache_local_on_not_found']],
    ['v2.15.2', ['proxy_cache_local_on_not_found: true'], []],
    ['v2.15.2', FILTER, ['proxy_cache_filter_pattern', 'proxy_cache_filter_kind']],
    ['v2.15.2', ['proxy_referrer_api: true'], ['proxy_referrer_api']],
    ['v2.15.2', ['proxy_referrer_api: false'], []],
    ['v2.16.0', [...FILTER, 'proxy_referrer_api: true'], []],
  ])('%s and %j: plan refuses %j', async (version, keys, refused) => {
    const directory = policies(await sandboxOf(version), keys);
    const saved = join(directory, 'plan.json');
    const { code } = await cli(['plan', '--policies', directory, '--out', saved], ENV);
    const { refusals } = (JSON.parse(readFileSync(saved, 'utf8')) as { plan: Plan }).plan;
    expect(code).toBe(refused.length > 0 ? 6 : 0);
    expect(refusals.map(({ rule, message }) => [rule, / accepts (\w+) but drops it/.exec(message)?.[1]])).toEqual(
      refused.map((field) => ['field-too-new', field]),
    );
  });

  it.each<[command: string, code: number]>([
    ['apply', 6],
    ['drift', 2],
  ])('%s names it, and nothing is written', async (command, expected) => {
    const url = await sandboxOf('v2.14.4');
    const directory = policies(url, ['proxy_cache_local_on_not_found: true']);
    const yes = command === 'apply' ? ['--yes', '--journal', join(directory, 'journal.jsonl')] : [];
    const { code, out, err } = await cli([command, '--policies', directory, ...yes], ENV);
    expect(code).toBe(expected);
    expect(out + err).toMatch(
      /field-too-new.*project\/cache: Harbor 2\.14\.4\S* accepts proxy_cache_local_on_not_found/,
    );
    const projects = await fetch(`${url}/api/v2.0/projects?name=cache`);
    expect(await projects.json()).toEqual([]);
  });

  it('is the reason: Harbor 2.15.0 accepts it and drops it, 2.15.2 keeps it', async () => {
    const kept = await Promise.all(
      ['v2.15.0', 'v2.15.2'].map(async (version) => metadataKept(await sandboxOf(version))),
    );
    expect(kept).toEqual([undefined, 'true']);
  });
});

async function metadataKept(url: string): Promise<string | undefined> {
  const headers = {
    authorization: `Basic ${Buffer.from('admin:Harbor12345').toString('base64')}`,
    'content-type': 'application/json',
  };
  const send = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${url}/api/v2.0${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  await send('POST', '/registries', { name: 'up', type: 'docker-registry', url: upstream.url });
  const metadata = { proxy_cache_local_on_not_found: 'true' };
  const { status } = await send('POST', '/projects', { project_name: 'cache', registry_id: 1, metadata });
  expect(status).toBe(201);
  const project = (await (await send('GET', '/projects/cache')).json()) as { metadata: Record<string, string> };
  return project.metadata['proxy_cache_local_on_not_found'];
}

it('the filter of 2.16 is applied, changed and removed, and the next plan is empty each time', async () => {
  const url = await sandboxOf('v2.16.0');
  for (const keys of [
    FILTER,
    ['proxy_cache_filter_pattern: library/.*', 'proxy_cache_filter_kind: regex', 'proxy_referrer_api: true'],
    ['proxy_cache_filter_pattern: library/[a-z]+'],
    ['proxy_cache_filter_pattern: ""', 'proxy_referrer_api: false'],
  ]) {
    const kind = keys[0]!.endsWith('+') ? ['proxy_cache_filter_kind: regex'] : [];
    const directory = policies(url, [...keys, ...kind]);
    const applied = await cli(['apply', '--policies', directory, '--yes'], ENV);
    expect({ keys, ...applied }).toMatchObject({ keys, code: 0 });
    expect(await cli(['plan', '--policies', directory], ENV)).toMatchObject({ code: 0 });
  }
});

describe('the same offline, by harbor.version', () => {
  const NOWHERE = 'http://127.0.0.1:9';
  /** What the rules find in these short policies is not about versions. */
  const ofNoRule = ({ rule }: { rule: string }): boolean => !/^HP\d/.test(rule);

  it.each<[version: string, keys: readonly string[], found: readonly string[]]>([
    ['2.13', ['max_upstream_conn: 5'], ['max_upstream_conn']],
    ['2.14', ['max_upstream_conn: 5'], []],
    ['2.14', ['proxy_cache_local_on_not_found: true'], ['proxy_cache_local_on_not_found']],
    ['2.15.0', ['proxy_cache_local_on_not_found: true'], ['proxy_cache_local_on_not_found']],
    ['2.15', FILTER, ['proxy_cache_filter_pattern', 'proxy_cache_filter_kind']],
    ['2.16', FILTER, []],
  ])('%s and %j: validate finds %j', async (version, keys, found) => {
    const directory = policies(NOWHERE, keys, version);
    const { code, out } = await cli(['validate', '--policies', directory, '--format', 'json']);
    const { diagnostics } = JSON.parse(out) as { diagnostics: { rule: string; path: string }[] };
    expect(diagnostics.filter(ofNoRule).map(({ rule, path }) => [rule, path])).toEqual(
      found.map((field) => ['field-too-new', `projects.cache.${field}`]),
    );
    // Without a finding of versions it is what the rules say of an upstream without TLS.
    expect(code).toBe(found.length > 0 ? 1 : 4);
  });

  it.each<[version: string | undefined, rules: readonly string[], code: number]>([
    ['2.13', [], 0],
    ['2.14', ['value-gone', 'registry-cannot-proxy'], 0],
    [undefined, ['registry-cannot-proxy'], 0],
  ])('a proxy cache of type quay for %s: %j', async (version, rules, code) => {
    const directory = directoryWith({
      'a.yaml': [
        `harbor: { url: ${NOWHERE}${version === undefined ? '' : `, version: "${version}"`} }`,
        'registries: { q: { type: quay, url: https://quay.io } }',
        'projects: { cache: { registry: q } }',
      ].join('\n'),
    });
    const result = await cli(['validate', '--policies', directory, '--format', 'json']);
    const { diagnostics } = JSON.parse(result.out) as { diagnostics: { rule: string }[] };
    expect({ code: result.code, rules: diagnostics.filter(ofNoRule).map(({ rule }) => rule) }).toEqual({ code, rules });
  });
});

it('a type that this Harbor no longer offers is reported, and does not prevent the plan', async () => {
  const url = await sandboxOf('v2.14.4');
  const directory = directoryWith({
    'a.yaml': [
      `harbor: { url: ${url}, username: admin, password: { env: HARBOR_PASSWORD } }`,
      'registries: { g: { type: quay, url: https://quay.example.com } }',
    ].join('\n'),
  });
  const { code, out } = await cli(['plan', '--policies', directory], ENV);
  expect(code).toBe(0);
  expect(out).toContain('registry/g: Harbor 2.14.4');
  expect(out).toContain('does not support type: quay any more: it was removed in 2.14');
});

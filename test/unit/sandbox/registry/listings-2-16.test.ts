import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRegistryHarness, type RegistryHarness } from './registry-harness';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const REFERRERS = `/v2/proxy/library/tiny/referrers/${DIGEST}`;

/** A double of a registry that has two pages of referrers: each names itself in its only entry. */
async function startReferrersDouble(): Promise<{ server: Server; url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url!;
    if (url === '/v2/') return void response.end('{}');
    asked.push(url);
    const isFirst = !url.includes('page=2');
    response.writeHead(200, {
      'content-type': 'application/vnd.oci.image.index.v1+json',
      'oci-filters-applied': 'artifactType',
      ...(isFirst ? { link: `<http://elsewhere:5000/v2/library/tiny/referrers/${DIGEST}?page=2>; rel="next"` } : {}),
    });
    response.end(JSON.stringify({ schemaVersion: 2, manifests: [{ page: isFirst ? 1 : 2 }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('referrers of an upstream', () => {
  let double: Awaited<ReturnType<typeof startReferrersDouble>>;
  let registry: RegistryHarness;
  const proxy = (metadata: Record<string, string>) => registry.addProxy('proxy', double, { metadata });
  const pages = async (path: string) => {
    const answer = await registry.request('GET', path);
    const { manifests } = (await answer.json()) as { manifests: { page: number }[] };
    return { status: answer.status, pages: manifests.map(({ page }) => page), headers: answer.headers };
  };

  const start = async (version: string): Promise<void> => {
    [double, registry] = await Promise.all([startReferrersDouble(), startRegistryHarness(0.005, version)]);
  };
  afterEach(async () => {
    double.server.close();
    await registry.close();
    expect(registry.errors).toEqual([]);
  });

  it('are requested with the whole query, and the next page is on the same server', async () => {
    await start('v2.16.0');
    proxy({ proxy_referrer_api: 'true' });
    const first = await pages(`${REFERRERS}?artifactType=x`);
    expect(first).toMatchObject({ status: 200, pages: [1] });
    expect(first.headers.get('x-total-count')).toBe('1');
    expect(first.headers.has('oci-filters-applied')).toBe(false);
    expect(first.headers.get('link')).toBe(`<${REFERRERS}?page=2>; rel="next"`);
    expect(await pages(`${REFERRERS}?page=2`)).toMatchObject({ pages: [2] });
    expect(double.asked).toEqual([
      `/v2/library/tiny/referrers/${DIGEST}?artifactType=x`,
      `/v2/library/tiny/referrers/${DIGEST}?page=2`,
    ]);
  });

  it('are remembered for when the upstream counts as unhealthy', async () => {
    await start('v2.16.0');
    const { registryId } = proxy({ proxy_referrer_api: 'true' });
    await pages(REFERRERS);
    registry.store.registries.update(registryId, { status: 'unhealthy' });
    expect(await pages(REFERRERS)).toMatchObject({ status: 200, pages: [1] });
    expect(await pages(`${REFERRERS}?page=2`)).toMatchObject({ status: 200, pages: [] });
    expect(double.asked).toHaveLength(1);
  });

  it.each([
    ['v2.15.2', { proxy_referrer_api: 'true' }],
    ['v2.16.0', {}],
    ['v2.16.0', { proxy_referrer_api: 'false' }],
  ])('are not asked for by %s with %j', async (version, metadata) => {
    await start(version);
    proxy(metadata);
    expect(await pages(REFERRERS)).toMatchObject({ status: 200, pages: [] });
    expect(double.asked).toEqual([]);
  });
});

// src/server/middleware/repoproxy/tag.go of main: first the redirect, then the filter.
it.each([
  ['v2.15.2', 'alpine', 404, null],
  ['v2.16.0', 'alpine', 301, '/v2/hub/library/alpine/tags/list'],
  ['v2.16.0', 'other/alpine', 404, null],
])('%s: tags of hub/%s are %i', async (version, repository, status, location) => {
  const registry = await startRegistryHarness(0.005, version);
  const metadata = { proxy_cache_filter_pattern: 'library/**', proxy_cache_filter_kind: 'doublestar' };
  registry.addProxy('hub', { url: 'http://127.0.0.1:9' }, { type: 'docker-hub', status: 'unhealthy', metadata });
  const answer = await registry.request('GET', `/v2/hub/${repository}/tags/list`);
  expect([answer.status, answer.headers.get('location')]).toEqual([status, location]);
  await registry.close();
});

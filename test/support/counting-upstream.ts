import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';

export interface CountingUpstream {
  readonly url: string;
  readonly fixture: FixtureUpstream;
  /** Of every GET of a manifest, 429s included. */
  readonly statuses: number[];
  close(): Promise<void>;
}

/**
 * A registry that grants so many GETs of manifests in a sliding window and announces that as Docker Hub does.
 * @param windowMs real milliseconds, whatever window it announces
 */
export async function startCountingUpstream(
  limit: number,
  windowMs: number,
  announced = `${limit};w=21600`,
): Promise<CountingUpstream> {
  const fixture = await startFixtureUpstream();
  const statuses: number[] = [];
  let taken: number[] = [];
  const server = createServer((asked, answer) => {
    const isManifest = /^\/v2\/.+\/manifests\//.test(asked.url ?? '');
    taken = taken.filter((at) => at > Date.now() - windowMs);
    const isCounted = isManifest && asked.method === 'GET';
    if (isCounted && taken.length >= limit) {
      statuses.push(429);
      return void answer
        .writeHead(429, { 'content-type': 'application/json' })
        .end('{"errors":[{"code":"TOOMANYREQUESTS"}]}');
    }
    if (isCounted) taken.push(Date.now());
    const limits = isManifest
      ? { 'ratelimit-limit': announced, 'ratelimit-remaining': `${limit - taken.length};w=21600` }
      : {};
    const { method, headers } = asked;
    const onward = request(fixture.url + asked.url!, { method, headers }, (found) => {
      if (isCounted) statuses.push(found.statusCode ?? 0);
      answer.writeHead(found.statusCode ?? 502, { ...found.headers, ...limits });
      found.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fixture,
    statuses,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await fixture.close();
    },
  };
}

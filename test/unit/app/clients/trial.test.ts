import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Machine } from '../../../../src/app/clients/machine';
import { tryImage } from '../../../../src/app/clients/trial';
import { judge } from '../../../../src/clients';
import { sha256Digest } from '../../../../src/oci';

const TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** A registry with one image, whose GET may be refused although HEAD is not: Docker Hub counts only GET. */
async function registry(seed: string, getStatus = 200): Promise<{ server: Server; url: string; digest: string }> {
  const config = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: sha256Digest(Buffer.from(seed)),
    size: 1,
  };
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: TYPE, config, layers: [] }));
  const digest = sha256Digest(manifest);
  const server = createServer(({ method, url = '' }, response) => {
    if (url === '/v2/') return void response.writeHead(200).end();
    if (method === 'GET' && getStatus !== 200) return void response.writeHead(getStatus, { 'retry-after': '0' }).end();
    const headers = { 'content-type': TYPE, 'content-length': manifest.length, 'docker-content-digest': digest };
    response.writeHead(200, headers).end(method === 'HEAD' ? undefined : manifest);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, digest };
}

it('a public registry that refuses GET is not known to have another image', async () => {
  const cache = await registry('same');
  const outside = await registry('same', 429);
  const machine = {
    isHere: true,
    run: async () => ({ code: 0, stdout: cache.digest, stderr: '' }),
  } as unknown as Machine;
  try {
    const image = { registry: 'docker.io', reference: 'a:1', repository: 'a', version: '1' };
    const ways = { cacheUrl: cache.url, prefix: '', publicUrl: outside.url, persona: 'docker' };
    const canary = await tryImage(machine, { name: 'docker', pull: ['docker', 'pull', 'a:1'] }, image, ways);
    expect(canary).toMatchObject({ cache: { serves: true }, public: { has: undefined }, pull: { pulled: true } });
    expect(judge({ profile: 'fallback', cacheHost: 'harbor.test', findings: [], canary })).toMatchObject({
      verdict: 'cannot tell',
      because: expect.stringMatching(/whether the public registry has a:1 is unknown: .* returned 429/),
    });
  } finally {
    cache.server.close();
    outside.server.close();
  }
});

/** A registry with an index, whose manifests cannot be read: Harbor may limit requests, or be restarting. */
async function indexOf(childStatus: number): Promise<{ server: Server; url: string; digest: string }> {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const child = { mediaType: TYPE, digest: sha256Digest(Buffer.from('child')), size: 5 };
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [child] }));
  const digest = sha256Digest(manifest);
  const server = createServer(({ method, url = '' }, response) => {
    if (url === '/v2/') return void response.writeHead(200).end();
    if (url.endsWith(child.digest)) return void response.writeHead(childStatus, { 'retry-after': '0' }).end();
    const headers = { 'content-type': mediaType, 'content-length': manifest.length, 'docker-content-digest': digest };
    response.writeHead(200, headers).end(method === 'HEAD' ? undefined : manifest);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, digest };
}

it.each([429, 503])('a cache whose manifests return %i is not known to have another image', async (status) => {
  const cache = await indexOf(status);
  const outside = await registry('another');
  const machine = {
    isHere: true,
    run: async () => ({ code: 0, stdout: sha256Digest(Buffer.from('config of the child')), stderr: '' }),
  } as unknown as Machine;
  try {
    const image = { registry: 'docker.io', reference: 'a:1', repository: 'a', version: '1' };
    const ways = { cacheUrl: cache.url, prefix: '', publicUrl: outside.url, persona: 'docker' };
    const { cache: seen } = await tryImage(machine, { name: 'docker', pull: ['docker', 'pull', 'a:1'] }, image, ways);
    const words = new RegExp(`^its manifests could not be read: GET of sha256:.* returned ${status}$`);
    expect(seen).toEqual({ serves: false, why: expect.stringMatching(words), isUnreachable: false });
  } finally {
    cache.server.close();
    outside.server.close();
  }
});

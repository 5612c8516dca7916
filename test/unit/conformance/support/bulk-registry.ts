import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sha256Digest } from '../../../../src/oci';

/** A registry double that makes one image of a single layer up as it goes, in every repository that is asked for. */
export interface BulkRegistry {
  readonly url: string;
  readonly requests: string[];
  readonly connections: { readonly opened: number };
  close(): Promise<void>;
}

const CHUNK = Buffer.alloc(1 << 20, 'breakwater');
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** @param layerMebibytes of the layer, of which never more than one is in memory */
export async function startBulkRegistry(layerMebibytes: number): Promise<BulkRegistry> {
  const requests: string[] = [];
  const connections = { opened: 0 };
  const { config, layer, manifest } = makeImage(layerMebibytes);
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(`${request.method} ${path}`);
    if (path.includes('/manifests/'))
      return void response.writeHead(200, { 'content-type': MANIFEST_TYPE }).end(manifest);
    if (path.endsWith(layer)) return void sendLayer(response, layerMebibytes);
    if (path.endsWith(sha256Digest(config))) return void response.end(config);
    response.writeHead(404).end();
  });
  server.on('connection', () => void connections.opened++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, requests, connections, close };
}

function makeImage(layerMebibytes: number): { config: Buffer; layer: string; manifest: Buffer } {
  const hash = createHash('sha256');
  for (let done = 0; done < layerMebibytes; done++) hash.update(CHUNK);
  const layer = `sha256:${hash.digest('hex')}`;
  const rootfs = { type: 'layers', diff_ids: [layer] };
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs }));
  const descriptor = (kind: string, digest: string, size: number): object => ({
    mediaType: `application/vnd.oci.image.${kind}`,
    digest,
    size,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: descriptor('config.v1+json', sha256Digest(config), config.length),
      layers: [descriptor('layer.v1.tar', layer, layerMebibytes * CHUNK.length)],
    }),
  );
  return { config, layer, manifest };
}

async function sendLayer(response: ServerResponse, mebibytes: number): Promise<void> {
  response.writeHead(200, { 'content-length': mebibytes * CHUNK.length });
  // A client that hangs up is a finding of the test, not of its server.
  await pipeline(Readable.from(repeated(mebibytes)), response).catch(() => undefined);
}

function* repeated(times: number): Iterable<Buffer> {
  for (let done = 0; done < times; done++) yield CHUNK;
}

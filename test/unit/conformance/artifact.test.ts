import { createHash } from 'node:crypto';
import { runConformance } from '../../../src/conformance';
import { startDouble } from '../oci/registry-double';

const CHART = {
  config: 'application/vnd.cncf.helm.config.v1+json',
  layer: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
};

const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

it('proves an artifact by its bytes, and skips what is asked of images alone', async () => {
  const [config, layer] = [Buffer.from('{"name":"app"}'), Buffer.from('a chart')];
  const descriptor = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: sha256(bytes), size: bytes.length });
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType: type },
      ...{ config: descriptor(CHART.config, config), layers: [descriptor(CHART.layer, layer)] },
    }),
  );
  const blobs = new Map([config, layer].map((bytes) => [sha256(bytes), bytes]));
  const registry = await startDouble((request, response) => {
    const [, kind = '', reference = ''] = /\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    const body = kind === 'manifests' ? manifest : blobs.get(reference);
    const headers = { 'content-type': kind === 'manifests' ? type : 'application/octet-stream' };
    response.writeHead(body ? 200 : 404, {
      ...headers,
      'docker-content-digest': sha256(body ?? manifest),
      'content-length': body?.length ?? 0,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  const platforms = ['linux/amd64', 'linux/arm64'];
  const project = { name: 'charts', public: true, proxy: false, images: ['app:1.0.0'], platforms };
  const report = await runConformance(
    { harborUrl: registry.url, projects: [project] },
    { tool: { name: 'breakwater', version: '0' }, checks: ['M1', 'M2', 'M3', 'M5', 'M7', 'B1', 'B5'], deep: true },
  );
  await registry.close();
  const seen = Object.fromEntries(report.results.map(({ id, status, message }) => [id, { status, message }]));
  for (const id of ['M1', 'M2', 'M3', 'B1']) expect(seen[id]).toMatchObject({ status: 'pass' });
  for (const id of ['M5', 'M7', 'B5'])
    expect(seen[id]).toMatchObject({
      status: 'skip',
      message: expect.stringContaining(`an artifact (${CHART.config})`),
    });
});

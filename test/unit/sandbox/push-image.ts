import { createHash } from 'node:crypto';
import type { Sandbox } from '../../../src/sandbox';

const AUTHORIZATION = `Basic ${Buffer.from('admin:Harbor12345').toString('base64')}`;
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = '{"architecture":"amd64","os":"linux"}';

/** Blobs are texts of single bytes, so that an archive passes too. */
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const digestOf = (text: string): string => `sha256:${createHash('sha256').update(bytesOf(text)).digest('hex')}`;

/** Pushes a small image as a client does, and answers its digest and the status of the last request. */
export async function pushImage(
  { url }: Pick<Sandbox, 'url'>,
  repository: string,
  tag: string,
  { content = tag, configType = 'application/vnd.oci.image.config.v1+json', config = CONFIG } = {},
): Promise<{ readonly status: number; readonly digest: string; readonly message: string | undefined }> {
  for (const blob of [config, content]) await pushBlob(`${url}/v2/${repository}`, blob);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: configType, digest: digestOf(config), size: config.length },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf(content), size: content.length }],
  });
  const answer = await fetch(`${url}/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    headers: { authorization: AUTHORIZATION, 'content-type': MANIFEST_TYPE },
    body: manifest,
  });
  const text = await answer.text();
  const message = text === '' ? undefined : (JSON.parse(text) as { errors: { message: string }[] }).errors[0]?.message;
  return { status: answer.status, digest: digestOf(manifest), message };
}

async function pushBlob(repository: string, blob: string): Promise<void> {
  const headers = { authorization: AUTHORIZATION, 'content-type': 'application/octet-stream' };
  const begun = await fetch(`${repository}/blobs/uploads/`, { method: 'POST', headers });
  const location = `${begun.headers.get('location')}&digest=${digestOf(blob)}`;
  await fetch(location, { method: 'PUT', headers, body: bytesOf(blob) });
}

/** Asks until it holds, or returns what was found after 25 seconds. */
export async function eventually<T>(ask: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  const deadline = Date.now() + 25_000;
  for (;;) {
    const found = await ask();
    if (holds(found) || Date.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

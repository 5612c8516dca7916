import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FrontFault =
  | 'portal at the ping'
  | 'ns refused'
  | 'ns is another image'
  | 'another image'
  | 'wants a credential'
  | 'page for what is missing'
  | 'login for what is missing'
  | 'foreign realm'
  | 'redirects away'
  | 'serves what is refused'
  | 'page for what is refused'
  | 'manifests fail'
  | 'wrong secrets fail'
  | 'wrong secrets are forbidden'
  | 'every login is forbidden'
  | 'every login gets a page'
  | 'wrong secrets get a page'
  | 'no artifacts once one is stored';

export interface FrontDouble {
  readonly url: string;
  close(this: void): Promise<void>;
}

/**
 * A front before a Harbor, wrong in one way at most. With a project it is a mirror domain of it, with the constant
 * scope that the guides for nginx use; without, it passes everything on.
 */
export async function startFrontDouble(harborUrl: string, project?: string, fault?: FrontFault): Promise<FrontDouble> {
  let isStored = false;
  const server = createServer((incoming, answer) => {
    const isArtifact = incoming.url?.includes('/artifacts/') === true;
    if (fault === 'no artifacts once one is stored' && isArtifact && isStored) return void answer.writeHead(502).end();
    if (answered(incoming, answer, fault)) return;
    answer.on(
      'pipe',
      () => (isStored ||= answer.statusCode === 200 && incoming.url?.endsWith('/artifacts/1') === true),
    );
    pass(harborUrl, incoming, answer, project, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answered({ url = '', headers }: IncomingMessage, answer: ServerResponse, fault?: FrontFault): boolean {
  const isManifest = url.includes('/manifests/');
  const [, basic = ''] = headers.authorization?.split('Basic ') ?? [];
  const isWrongSecret = Buffer.from(basic, 'base64').toString().endsWith('-broken');
  const isMissing = url.includes('no-such-tag');
  const say = (status: number, more: Record<string, string> = {}, body = ''): true => {
    answer.writeHead(status, more).end(body);
    return true;
  };
  const page = { 'content-type': 'text/html' };
  const manifest = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
  if (fault === 'portal at the ping' && url === '/v2/') return say(200, page, '<html>');
  if (fault === 'foreign realm' && url === '/v2/')
    return say(401, { 'www-authenticate': 'Bearer realm="https://elsewhere.example.com/service/token",service="x"' });
  if (fault === 'ns refused' && isManifest && url.includes('ns=')) return say(404);
  if (fault === 'wants a credential' && url.includes('/blobs/') && !headers.authorization?.startsWith('Basic'))
    return say(401, { 'www-authenticate': 'Basic realm="mirror"' });
  if (fault === 'page for what is missing' && isMissing) return say(200, page, '<html>');
  if (fault === 'login for what is missing' && isMissing) return say(302, { location: '/account/sign-in' });
  if (fault === 'serves what is refused' && isManifest) return say(200, manifest, '{}');
  if (fault === 'page for what is refused' && isManifest) return say(200, page, '<html>');
  if (fault === 'manifests fail' && isManifest) return say(502);
  if (fault === 'wrong secrets fail' && isWrongSecret) return say(502);
  if (fault === 'wrong secrets are forbidden' && isWrongSecret) return say(403);
  if (fault === 'every login is forbidden' && url.startsWith('/service/token') && basic !== '') return say(403);
  if (fault === 'every login gets a page' && url.startsWith('/service/token') && basic !== '')
    return say(200, page, '<html>');
  if (fault === 'wrong secrets get a page' && isWrongSecret) return say(200, page, '<html>');
  if (fault === 'redirects away' && isManifest) return say(307, { location: 'https://elsewhere.example.com/v2/x' });
  return false;
}

function pass(
  harborUrl: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
  project?: string,
  fault?: FrontFault,
): void {
  const asked = incoming.url ?? '/';
  const isOther = fault === 'another image' || (fault === 'ns is another image' && asked.includes('ns='));
  const url = isOther ? asked.replace(/library\/single\/manifests\/1/, 'library/other/manifests/1') : asked;
  const path = project === undefined ? url : ofProject(url, project);
  const passed = request(
    new URL(path, harborUrl),
    { method: incoming.method!, headers: incoming.headers },
    (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    },
  );
  passed.on('error', () => answer.destroy());
  incoming.pipe(passed);
}

function ofProject(url: string, project: string): string {
  if (url.startsWith('/service/token'))
    return `/service/token?service=harbor-registry&scope=repository:${project}/m:pull`;
  return url.replace(/^\/v2\/(.+)$/, `/v2/${project}/$1`);
}

import { randomBytes } from 'node:crypto';
import { startSandbox, type Sandbox, type SandboxRequest } from '../../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../../src/upstream';
import { makePrivateCa, type PrivateCa } from '../../unit/harbor/support/private-ca';
import { createProxyProject, type ApiTarget } from '../harbor-api';
import { outwardAddress } from './client';

/** Not loopback: clients take other liberties there. */
export const HOST = outwardAddress() ?? '127.0.0.1';

/** A cache of Docker Hub in project `proxy`, by TLS of an authority of its own. */
export interface TlsCache {
  readonly authority: PrivateCa;
  readonly sandbox: Sandbox;
  readonly upstream: FixtureUpstream;
  readonly host: string;
  readonly password: string;
  readonly requests: SandboxRequest[];
  close(): Promise<void>;
}

export async function startTlsCache(): Promise<TlsCache> {
  const authority = makePrivateCa(`IP:${HOST}`);
  const upstream = await startFixtureUpstream();
  // It may be reachable from outside for these seconds.
  const password = `Aa1${randomBytes(12).toString('hex')}`;
  const requests: SandboxRequest[] = [];
  const tls = { cert: authority.cert, key: authority.key };
  const onRequest = (request: SandboxRequest): void => void requests.push(request);
  const sandbox = await startSandbox({ host: HOST, tls, password, timeScale: 0.02, onRequest });
  const api: ApiTarget = { url: sandbox.url, ca: authority.ca, password };
  await createProxyProject(api, 'proxy', { url: upstream.url });
  const close = async (): Promise<void> => void (await Promise.all([sandbox.close(), upstream.close()]));
  return { authority, sandbox, upstream, host: `${HOST}:${sandbox.port}`, password, requests, close };
}

/** Policies with one client of this cache. */
export function policiesOf({ sandbox }: TlsCache, client: string): string {
  return `
harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD }, ca_file: ca.crt }
registries: { hub: { type: docker-hub, url: https://hub.docker.com } }
projects: { proxy: { registry: hub, public: true, conformance: { pull: [library/cached:1] } } }
clients: { own: ${client} }
`;
}

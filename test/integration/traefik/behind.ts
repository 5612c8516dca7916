import type { EdgeEnvironment } from '../../../src/deploy/edge';
import { startSandbox, type Sandbox, type SandboxRequest } from '../../../src/sandbox';
import { fixtureImage, startFixtureUpstream, type FixtureUpstream } from '../../../src/upstream';
import { makePrivateCa, type PrivateCa } from '../../unit/harbor/support/private-ca';
import { callApi, createProxyProject } from '../harbor-api';
import { ask, type Answer, type Question } from './ask';
import { startTraefik, type RunningTraefik, type TraefikInputs } from './traefik';

export const PUBLIC_PROJECT = 'proxy.docker.io';
export const PRIVATE_PROJECT = 'closed';
export const TLS_FILES = { certificate: '/etc/harbor/tls/tls.crt', key: '/etc/harbor/tls/tls.key' };

export interface Edge {
  readonly traefik: RunningTraefik;
  /** Base URL of Harbor's own name. */
  readonly harbor: string;
  /** Base URL of the other name, which is there for a mirror. */
  readonly mirror: string;
  /** One request that trusts the authority. */
  ask(url: string, question?: Question): Promise<Answer>;
}

/** A sandbox with a public and a private proxy cache, and edges in front of it. Names are those that every machine has. */
export class Behind {
  readonly authority: PrivateCa = makePrivateCa();
  readonly #started: RunningTraefik[] = [];
  /** What came to Harbor since it was last emptied. */
  requests: SandboxRequest[] = [];

  private constructor(
    readonly upstream: FixtureUpstream,
    readonly robot: { readonly name: string; readonly secret: string },
    readonly sandbox: Sandbox,
  ) {}

  /** @param externalUrl of Harbor: of it only the scheme matters, as the host of a realm is that of the request */
  static async start(externalUrl?: string): Promise<Behind> {
    const upstream = await startFixtureUpstream();
    upstream.put('library/php', '8', fixtureImage('a'));
    upstream.put('library/php', '8.1', fixtureImage('b'));
    upstream.put('library/multi', '1', fixtureImage('idx'));
    const requests: { onRequest: (request: SandboxRequest) => void } = { onRequest: () => undefined };
    const sandbox = await startSandbox({
      timeScale: 0.02,
      ...(externalUrl !== undefined && { externalUrl }),
      onRequest: (request) => requests.onRequest(request),
    });
    await createProxyProject(sandbox, PUBLIC_PROJECT, { url: upstream.url });
    const closed = { project_name: PRIVATE_PROJECT, registry_id: 1, metadata: { public: 'false' } };
    await callApi(sandbox, 'POST', '/projects', closed);
    const access = [{ resource: 'repository', action: 'pull' }];
    const permissions = [{ kind: 'project', namespace: PRIVATE_PROJECT, access }];
    const asked = { name: 'mirror', level: 'system', duration: 1, permissions };
    const { body } = await callApi(sandbox, 'POST', '/robots', asked);
    const behind = new Behind(upstream, body as { name: string; secret: string }, sandbox);
    requests.onRequest = (request) => void behind.requests.push(request);
    return behind;
  }

  async edge(
    section: Partial<EdgeEnvironment> = {},
    more: Pick<TraefikInputs, 'hostFiles' | 'flags'> = {},
  ): Promise<Edge> {
    const { ca, cert, key } = this.authority;
    const traefik = await startTraefik({
      edge: { certificate: { files: TLS_FILES }, ...section },
      hostname: 'localhost',
      harborUrl: this.sandbox.url,
      ...more,
      hostFiles: { [TLS_FILES.certificate]: cert, [TLS_FILES.key]: key, ...more.hostFiles },
    });
    this.#started.push(traefik);
    await untilServing(traefik, ca);
    return {
      traefik,
      harbor: `https://localhost:${traefik.httpsPort}`,
      mirror: `https://127.0.0.1:${traefik.httpsPort}`,
      ask: (url, question) => ask(url, { ca, ...question }),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.map((traefik) => traefik.stop()));
    await Promise.all([this.sandbox.close(), this.upstream.close()]);
  }
}

/** It listens before it serves: what comes too early is 404, or no handshake. */
async function untilServing({ httpPort, httpsPort, log }: RunningTraefik, ca: string): Promise<void> {
  const redirects = (): Promise<boolean> =>
    ask(`http://localhost:${httpPort}/`).then(
      ({ status }) => status === 301,
      () => false,
    );
  // Who is refused for want of a certificate, or refuses what is shown, was answered, too.
  const shakesHands = (): Promise<boolean> =>
    ask(`https://localhost:${httpsPort}/v2/`, { ca }).then(
      ({ status }) => status === 401,
      (error: Error) => /certificate required|self-signed|unable to verify/.test(error.message),
    );
  for (const isReady of [redirects, shakesHands])
    if (!(await eventually(isReady, Boolean))) throw new Error(`traefik does not serve: ${log()}`);
}

/** Until it is so, fifteen seconds at most by default: Traefik applies a configuration when it comes to it. */
export async function eventually<T>(
  look: () => Promise<T> | T,
  isWanted: (seen: T) => boolean,
  mostTries = 150,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    const seen = await look();
    if (isWanted(seen) || tries === mostTries) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

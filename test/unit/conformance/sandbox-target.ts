import { publishVersion } from '../../../src/canary';
import type { ConformanceTarget, ProjectTarget, PullCredential, UpstreamControl } from '../../../src/conformance';
import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../../src/upstream';

export const SANDBOX_PASSWORD = 'Harbor12345';
export const TIME_SCALE = 0.02;

export interface SandboxUnderTest {
  readonly sandbox: Sandbox;
  readonly upstream: FixtureUpstream;
  readonly target: ConformanceTarget;
  close(): Promise<void>;
}

/** A sandbox with a public and a private proxy project in front of one fixture upstream, and an ordinary project. */
export async function startSandboxUnderTest(timeScale = TIME_SCALE): Promise<SandboxUnderTest> {
  const sandbox = await startSandbox({ password: SANDBOX_PASSWORD, timeScale });
  const upstream = await startFixtureUpstream();
  upstream.put('library/single', '1', 'a');
  upstream.put('library/multi', '2', 'idx');
  const registry = await create(sandbox, 'registries', {
    name: 'fixture',
    type: 'docker-registry',
    url: upstream.url,
    insecure: true,
  });
  const control = controlOf(upstream);
  const projects: ProjectTarget[] = [];
  for (const isPublic of [true, false]) {
    const name = isPublic ? 'proxy.public' : 'proxy.private';
    await create(sandbox, 'projects', {
      project_name: name,
      registry_id: registry,
      metadata: { public: String(isPublic) },
    });
    const platforms = ['linux/amd64', 'linux/arm64'];
    const writeProbe = {
      robot: await robot(sandbox, name, 'probe', ['pull', 'push']),
      likeScanner: await robot(sandbox, name, 'a1b2c3d4-probe', ['pull', 'push']),
    };
    const origin = { url: upstream.url };
    const base = { name, public: isPublic, proxy: true, platforms, upstream: control, origin, writeProbe };
    projects.push(
      isPublic
        ? { ...base, images: ['library/multi:2'] }
        : {
            ...base,
            platforms: ['linux/amd64'],
            images: ['library/single:1'],
            pullCredential: await robot(sandbox, name, 'puller', ['pull']),
          },
    );
  }
  const target: ConformanceTarget = {
    harborUrl: sandbox.url,
    apiCredential: { username: 'admin', password: () => SANDBOX_PASSWORD },
    projects,
  };
  return {
    sandbox,
    upstream,
    target,
    close: () => Promise.all([sandbox.close(), upstream.close()]).then(() => undefined),
  };
}

export function controlOf(upstream: FixtureUpstream): UpstreamControl {
  return {
    id: upstream.url,
    publish: async (repository, tag, version, sizeBytes) =>
      publishVersion(upstream, repository, tag, version, sizeBytes),
    removeTag: async (repository, tag) => upstream.removeTag(repository, tag),
    stop: () => upstream.stop(),
    start: () => upstream.start(),
    misbehave: async (mode) => upstream.setMode(mode),
    takeLog: async () => upstream.takeLog(),
  };
}

async function robot(
  sandbox: Sandbox,
  project: string,
  called: string,
  actions: readonly string[],
): Promise<PullCredential> {
  const access = actions.map((action) => ({ resource: 'repository', action }));
  const response = await post(sandbox, 'robots', {
    name: called,
    level: 'project',
    duration: -1,
    permissions: [{ kind: 'project', namespace: project, access }],
  });
  const { name, secret } = (await response.json()) as { name: string; secret: string };
  return { username: name, password: () => secret };
}

async function create(sandbox: Sandbox, resource: string, body: object): Promise<number> {
  const response = await post(sandbox, resource, body);
  return Number(response.headers.get('location')?.split('/').at(-1));
}

async function post(sandbox: Sandbox, resource: string, body: object): Promise<Response> {
  const response = await fetch(`${sandbox.url}/api/v2.0/${resource}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`admin:${SANDBOX_PASSWORD}`).toString('base64')}`,
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${resource}: ${response.status} ${await response.text()}`);
  return response;
}

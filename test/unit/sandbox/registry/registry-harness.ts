import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { ArtifactEvents } from '../../../../src/sandbox/context/listeners';
import { Timetable } from '../../../../src/sandbox/context/timetable';
import { Clock } from '../../../../src/sandbox/context/clock';
import type { Context } from '../../../../src/sandbox/context';
import { featuresOf } from '../../../../src/sandbox/versions';
import type { FixtureUpstream } from '../../../../src/upstream';
import { installFrontDoor } from '../../../../src/sandbox/server/front-door';
import { registerRegistry } from '../../../../src/sandbox/registry';
import { BlobStore } from '../../../../src/sandbox/context/blob-store';
import { TokenService } from '../../../../src/sandbox/context/token-service';
import type { ProjectRow, RegistryRow } from '../../../../src/sandbox/store/rows';
import { hashSecret } from '../../../../src/sandbox/store/secret';
import { seed } from '../../../../src/sandbox/store/seed';
import { Store } from '../../../../src/sandbox/store/store';

export const PASSWORD = 'Harbor12345';
export const ADMIN = basic('admin', PASSWORD);
export const ACCEPT =
  'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, ' +
  'application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json';

export function basic(username: string, password: string): string {
  return 'Basic ' + Buffer.from(`${username}:${password}`).toString('base64');
}

export interface RegistryHarness {
  readonly url: string;
  readonly store: Store;
  readonly errors: unknown[];
  /** As the administrator unless the headers say otherwise. */
  request(method: string, path: string, init?: RequestInit): Promise<Response>;
  addProject(name: string, more?: Partial<Omit<ProjectRow, 'id'>> & { quotaBytes?: number }): ProjectRow;
  addProxy(name: string, upstream: Pick<FixtureUpstream, 'url'>, more?: ProxyOptions): ProjectRow;
  addUser(username: string, roleId: number, project: ProjectRow): string;
  close(): Promise<void>;
}

interface ProxyOptions {
  readonly type?: string;
  readonly metadata?: Record<string, string>;
  readonly quotaBytes?: number;
  readonly status?: RegistryRow['status'];
  readonly credential?: RegistryRow['credential'];
}

const TIMES = { creationTime: Date.now(), updateTime: Date.now() };

/** The registry side alone on a real port, with rows put into the store directly. */
export async function startRegistryHarness(timeScale = 0.005, harborVersion = 'v2.15.2'): Promise<RegistryHarness> {
  const app = fastify({ forceCloseConnections: true, routerOptions: { ignoreTrailingSlash: true } });
  const store = new Store();
  seed(store, PASSWORD, Date.now() - 3_600_000);
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const clock = new Clock(timeScale, onError);
  const blobsDir = await mkdtemp(join(tmpdir(), 'registry-test-'));
  let url = '';
  const context: Context = {
    store,
    clock,
    timetable: new Timetable(clock, onError),
    artifactEvents: new ArtifactEvents(),
    harborVersion,
    features: featuresOf(harborVersion),
    blobsDir,
    blobs: await BlobStore.open(blobsDir),
    tokens: new TokenService(),
    externalUrl: () => url,
    onError,
  };
  installFrontDoor(app, context);
  registerRegistry(app, context);
  await app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

  const harness: RegistryHarness = {
    url,
    store,
    errors,
    request: (method, path, init = {}) =>
      fetch(url + path, {
        redirect: 'manual',
        ...init,
        method,
        headers: { authorization: ADMIN, accept: ACCEPT, ...(init.headers as Record<string, string>) },
      }),
    addProject: (name, { quotaBytes = -1, ...more } = {}) => {
      const project = store.projects.insert({
        ...TIMES,
        name,
        ownerId: 1,
        registryId: 0,
        metadata: { public: 'false' },
        allowlist: { cveIds: [], ...TIMES },
        ...more,
      });
      store.quotas.insert({ ...TIMES, projectId: project.id, hardBytes: quotaBytes, usedBytes: 0 });
      return project;
    },
    addProxy: (name, upstream, more = {}) => {
      const registry = store.registries.insert({
        ...TIMES,
        name,
        description: '',
        type: more.type ?? 'docker-registry',
        url: upstream.url,
        insecure: false,
        caCertificate: '',
        credential: more.credential ?? null,
        status: more.status ?? 'healthy',
      });
      const metadata = { public: 'true', ...more.metadata };
      return harness.addProject(name, { registryId: registry.id, metadata, quotaBytes: more.quotaBytes ?? -1 });
    },
    addUser: (username, roleId, project) => {
      const user = store.users.insert({
        ...TIMES,
        username,
        email: '',
        realname: username,
        comment: '',
        sysadmin: false,
        password: hashSecret(PASSWORD),
      });
      store.members.insert({ ...TIMES, projectId: project.id, entityType: 'u', entityId: user.id, roleId });
      return basic(username, PASSWORD);
    },
    close: async () => {
      await app.close();
      await clock.close();
      await rm(blobsDir, { recursive: true, force: true });
    },
  };
  return harness;
}

/** Polls until the condition holds; fails after 25 seconds. */
export async function eventually<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + 25_000;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error('it did not happen within 25 seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

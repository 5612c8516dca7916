import {
  runConformance,
  type ConformanceReport,
  type ConformanceTarget,
  type ProjectTarget,
  type PullCredential,
} from '../../src/conformance';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { Front } from './front';

const PASSWORD = 'Harbor12345';
const TIME_SCALE = 0.005;

/** Enough to see every fault of the table, and nothing that waits for minutes. */
const CHECKS = [
  'T1',
  'T3',
  'T4',
  'T5',
  'T6',
  'A1',
  'A2',
  'A3',
  'A4',
  'A5',
  'A6',
  'M1',
  'M2',
  'M5',
  'M6',
  'B1',
  'S14',
  'X1',
];

export interface WorldOptions {
  /** Served by the front door; plain HTTP without. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
  /** `user:secret` that the upstream demands from the beginning, and that is declared and stored. */
  readonly login?: string;
  /** The first pull and whether it is stored are looked at, too. */
  readonly stores?: boolean;
  /** Of Harbor's waits; it looks at its upstreams every five minutes. */
  readonly timeScale?: number;
}

/**
 * A Harbor behind a front door, with a public and a private project on one upstream each. Harbor reaches the upstreams
 * through gates of its own, so that each side can be cut off alone.
 */
export class World {
  readonly checks: string[] = [];
  /** Changed by arrangements before the run: what is declared. */
  target: ConformanceTarget;
  readonly closing: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly sandbox: Sandbox,
    readonly front: Front,
    /** Of the public project. */
    readonly upstream: FixtureUpstream,
    /** Of the private project. */
    readonly inner: FixtureUpstream,
    /** Between Harbor and the upstream of the public project. */
    readonly gate: Front,
    target: ConformanceTarget,
    private readonly timeScale: number,
  ) {
    this.target = target;
  }

  static async start({ tls, login, stores = false, timeScale = TIME_SCALE }: WorldOptions): Promise<World> {
    const front = await Front.start(tls);
    const sandbox = await startSandbox({ password: PASSWORD, timeScale, externalUrl: front.url });
    front.target = sandbox.url;
    const upstream = await startFixtureUpstream(login === undefined ? {} : { auth: login });
    const inner = await startFixtureUpstream();
    const gate = await Front.start();
    gate.target = upstream.url;
    upstream.put('library/multi', '2', 'idx');
    inner.put('library/single', '1', 'a');
    const world = new World(
      sandbox,
      front,
      upstream,
      inner,
      gate,
      {
        harborUrl: front.url,
        ...(tls && { ca: tls.ca }),
        apiCredential: { username: 'admin', password: () => PASSWORD },
        projects: [],
      },
      timeScale,
    );
    world.checks.push(...CHECKS, ...(stores ? ['S1'] : []));
    await world.declare(login);
    return world;
  }

  private async declare(login: string | undefined): Promise<void> {
    const [user, secret] = (login ?? ':').split(':');
    const credential =
      login === undefined ? {} : { credential: { type: 'basic', access_key: user, access_secret: secret } };
    const outer = await this.create('registries', {
      name: 'outer',
      type: 'docker-registry',
      url: this.gate.url,
      insecure: true,
      ...credential,
    });
    const inner = await this.create('registries', {
      name: 'inner',
      type: 'docker-registry',
      url: this.inner.url,
      insecure: true,
    });
    await this.create('projects', { project_name: 'open', registry_id: outer, metadata: { public: 'true' } });
    await this.create('projects', { project_name: 'closed', registry_id: inner, metadata: { public: 'false' } });
    const puller = await this.robot('puller', 'closed', ['pull']);
    const clusters = await this.robot('clusters', undefined, ['pull']);
    const open: ProjectTarget = {
      ...{ name: 'open', public: true, proxy: true, registry: 'outer', images: ['library/multi:2'] },
      platforms: ['linux/amd64', 'linux/arm64'],
      origin: {
        url: this.upstream.url,
        ...(login !== undefined && { credential: { username: user!, password: () => secret! } }),
      },
    };
    const closed: ProjectTarget = {
      ...{ name: 'closed', public: false, proxy: true, registry: 'inner', images: ['library/single:1'] },
      platforms: ['linux/amd64'],
      origin: { url: this.inner.url },
      pullCredential: clusters,
      robots: [clusters, puller],
    };
    this.target = { ...this.target, projects: [open, closed] };
  }

  /** Changes what is declared of a project. */
  redeclare(name: string, change: Partial<ProjectTarget>): void {
    const projects = this.target.projects.map((project) =>
      project.name === name ? { ...project, ...change } : project,
    );
    this.target = { ...this.target, projects };
  }

  undeclare(name: string, ...fields: (keyof ProjectTarget)[]): void {
    const projects = this.target.projects.map((project) => {
      if (project.name !== name) return project;
      return Object.fromEntries(
        Object.entries(project).filter(([key]) => !fields.includes(key as keyof ProjectTarget)),
      ) as unknown as ProjectTarget;
    });
    this.target = { ...this.target, projects };
  }

  projectId(name: string): number {
    return this.sandbox.store.projects.all().find((one) => one.name === name)!.id;
  }

  robotId(name: string): number {
    return this.sandbox.store.robots.all().find((one) => one.name === name)!.id;
  }

  registryId(name: string): number {
    return this.sandbox.store.registries.all().find((one) => one.name === name)!.id;
  }

  quotaId(project: string): number {
    return this.sandbox.store.quotas.all().find((one) => one.projectId === this.projectId(project))!.id;
  }

  async put(path: string, body: object): Promise<void> {
    await this.send('PUT', path, body);
  }

  run(): Promise<ConformanceReport> {
    return runConformance(this.target, {
      tool: { name: 'breakwater', version: '0' },
      timeScale: this.timeScale,
      checks: this.checks,
      retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    });
  }

  async close(): Promise<void> {
    const { front, sandbox, upstream, inner, gate } = this;
    await Promise.all([front, sandbox, upstream, inner, gate].map((one) => one.close().catch(() => undefined)));
    await Promise.all(this.closing.map((close) => close()));
  }

  private async robot(name: string, project: string | undefined, actions: readonly string[]): Promise<PullCredential> {
    const access = actions.map((action) => ({ resource: 'repository', action }));
    const response = await this.send('POST', 'robots', {
      name,
      level: project === undefined ? 'system' : 'project',
      duration: 90,
      permissions: [{ kind: 'project', namespace: project ?? '*', access }],
    });
    const made = (await response.json()) as { name: string; secret: string };
    const address = project === undefined ? name : `${project}+${name}`;
    return { username: made.name, address: `robot/${address}`, password: () => made.secret, actions };
  }

  private async create(resource: string, body: object): Promise<number> {
    const response = await this.send('POST', resource, body);
    return Number(response.headers.get('location')?.split('/').at(-1));
  }

  private async send(method: string, path: string, body: object): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`;
    const headers = { 'content-type': 'application/json', authorization };
    const response = await fetch(`${this.sandbox.url}/api/v2.0/${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}

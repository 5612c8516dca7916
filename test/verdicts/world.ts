import { setTimeout as sleep } from 'node:timers/promises';
import {
  runConformance,
  type ConformanceReport,
  type ConformanceTarget,
  type ProjectTarget,
  type PullCredential,
} from '../../src/conformance';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { findingsFrom, scannerThatFinds } from '../../src/scanner-adapter';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { Front } from './front';

const PASSWORD = 'Harbor12345';
const TIME_SCALE = 0.005;

const GUARD = { prevent_vul: 'true', severity: 'high', auto_scan: 'true' };
const GUARD_CHECKS = ['T1', 'T4', 'A4', 'A5', 'M1', 'V1', 'V3', 'V5', 'X1'];
/** Ten times what Harbor needs to scan. */
const GUARDED_PATIENCE = 0.05;
const FINDINGS = findingsFrom({ '**/library/bad': [{ id: 'CVE-2026-0001', severity: 'Critical' }], '*': [] });

/** A mirror domain has the names without the project, and asks for the token of it. */
function ofProject(url: string, project: string): string {
  if (url.startsWith('/service/token'))
    return `/service/token?service=harbor-registry&scope=repository:${project}/m:pull`;
  return url.replace(/^\/v2\/(.+)$/, `/v2/${project}/$1`);
}

/** Enough to see every fault of the table, and nothing that waits for minutes. */
const CHECKS = (
  'T1 T3 T4 T5 T6 A1 A2 A3 A4 A5 A6 A7 A8 M1 M2 M3 M4 M5 M6 M7 M8 M9 M10 M11 M12 ' +
  'B1 B2 B3 B4 B6 B7 D1 D2 D3 D4 D5 D6 V1 V2 V3 V5 S14 X1'
).split(' ');

export interface WorldOptions {
  /** Served by the front door; plain HTTP without. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
  /** `user:secret` that the upstream demands from the beginning, and that is declared and stored. */
  readonly login?: string;
  /** The first pull and whether it is stored are looked at, too. */
  readonly stores?: boolean;
  /** A mirror domain in front of the public project. */
  readonly mirror?: boolean;
  /** The public project refuses what its scanner finds; only these checks run. */
  readonly guarded?: boolean;
  /** Milliseconds that Harbor may take to begin an answer. */
  readonly headersTimeoutMs?: number;
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
    /** The mirror domain of the public project. */
    readonly mirror: Front,
    private readonly options: WorldOptions,
  ) {
    this.target = target;
  }

  static async start(options: WorldOptions): Promise<World> {
    const { tls, login, stores = false, timeScale = TIME_SCALE, mirror: isMirrored = false, guarded = false } = options;
    const front = await Front.start(tls);
    const sandbox = await startSandbox({
      password: PASSWORD,
      timeScale,
      externalUrl: front.url,
      ...(guarded && { scanner: scannerThatFinds(FINDINGS) }),
    });
    const mirror = await Front.start();
    mirror.target = front;
    mirror.path = (url) => ofProject(url, 'open');
    front.target = sandbox;
    const upstream = await startFixtureUpstream(login === undefined ? {} : { auth: login });
    const inner = await startFixtureUpstream();
    const gate = await Front.start();
    gate.target = upstream;
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
      mirror,
      options,
    );
    world.checks.push(...(guarded ? GUARD_CHECKS : CHECKS), ...(stores ? ['S1'] : []));
    await world.declare(login);
    if (isMirrored) world.redeclare('open', { mirrors: [{ url: mirror.url, serves: 'docker.io' }] });
    if (guarded) await world.guard();
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
      declaredRegistry: {
        ...{ type: 'docker-registry', url: this.gate.url, insecure: true, account: user! },
      },
      platforms: ['linux/amd64', 'linux/arm64'],
      origin: {
        url: this.upstream.url,
        ...(login !== undefined && { credential: { username: user!, password: () => secret! } }),
      },
    };
    const closed: ProjectTarget = {
      ...{ name: 'closed', public: false, proxy: true, registry: 'inner', images: ['library/single:1'] },
      declaredRegistry: { type: 'docker-registry', url: this.inner.url, insecure: true, account: '' },
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

  /** Harbor looks at its registries at intervals: until it has seen that this one's upstream is down. */
  async untilUnhealthy(registry: string): Promise<void> {
    const { registries } = this.sandbox.store;
    const giveUpMs = Date.now() + 120_000;
    while (registries.get(this.registryId(registry))?.status !== 'unhealthy') {
      if (Date.now() > giveUpMs) throw new Error(`Harbor has not noticed that the upstream of ${registry} is down`);
      await sleep(10);
    }
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
      timeScale: this.options.timeScale ?? (this.options.guarded ? GUARDED_PATIENCE : TIME_SCALE),
      ...(this.options.headersTimeoutMs !== undefined && { headersTimeoutMs: this.options.headersTimeoutMs }),
      checks: this.checks,
      retry: { attempts: 2, baseDelayMs: 1, maxDelayMs: 1 },
    });
  }

  async close(): Promise<void> {
    const { front, sandbox, upstream, inner, gate, mirror } = this;
    await Promise.all([mirror, front, sandbox, upstream, inner, gate].map((one) => one.close().catch(() => undefined)));
    await Promise.all(this.closing.map((close) => close()));
  }

  /** What the public project has to refuse and to serve. */
  private async guard(): Promise<void> {
    for (const name of ['bad', 'fine']) this.upstream.put(`library/${name}`, '1', name === 'bad' ? 'a' : 'b');
    await this.put(`projects/${this.projectId('open')}`, { metadata: { public: 'true', ...GUARD } });
    const vulnerability = { refused: ['library/bad:1'], unscanned: [], allowed: ['library/fine:1'] };
    this.redeclare('open', {
      preventVulnerable: true,
      vulnerability: { ...vulnerability, refuseFirstPull: false, egressClosed: false },
    });
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

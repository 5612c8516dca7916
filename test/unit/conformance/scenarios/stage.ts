import {
  runConformance,
  type CheckResult,
  type ConformanceTarget,
  type ProjectTarget,
} from '../../../../src/conformance';
import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import type { Findings } from '../../../../src/scanner-adapter';
import { startFixtureUpstream, type FixtureUpstream } from '../../../../src/upstream';
import { controlOf, SANDBOX_PASSWORD } from '../sandbox-target';
import { scannerThatFinds } from '../../../../src/scanner-adapter';

export interface StageOptions {
  /** Of Harbor, such as `v2.16.0`. Default: the newest release. */
  readonly version?: string;
  /** Of the registry. Default `docker-registry`. */
  readonly type?: string;
  /** Of the project, beside `public`. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly quotaBytes?: number;
  /** What is declared, where that is not what Harbor was told. */
  readonly declared?: Partial<ProjectTarget>;
  readonly faults?: readonly string[];
  /** Harbor's own pace. Default: as fast as it goes. */
  readonly timeScale?: number;
  /** What its scanner finds in which image; without it Harbor has no scanner. */
  readonly findings?: Findings;
}

/** A sandbox with one public proxy project in front of an upstream that does as it is told. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly upstream: FixtureUpstream;
  readonly target: ConformanceTarget;
  /** The one result of that check. @param target where it is not the stage's own */
  play(id: string, target?: ConformanceTarget): Promise<CheckResult>;
  /** As `play`, where it is known that nothing will come of waiting. */
  playImpatiently(id: string, target?: ConformanceTarget): Promise<CheckResult>;
  close(): Promise<void>;
}

const HARBORS_PACE = 0.005;
/** Ten times what Harbor needs: a machine that has other things to do is not what is tested. */
const PATIENCE = 0.05;

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { version, type = 'docker-registry', metadata = {}, quotaBytes = -1, declared, faults, findings } = options;
  const sandbox = await startSandbox({
    password: SANDBOX_PASSWORD,
    timeScale: options.timeScale ?? HARBORS_PACE,
    ...(version !== undefined && { harborVersion: version }),
    ...(faults && { faults }),
    ...(findings && { scanner: scannerThatFinds(findings) }),
  });
  const upstream = await startFixtureUpstream();
  upstream.put('library/single', '1', 'a');
  upstream.put('library/multi', '1', 'idx');
  const registry = await post(sandbox, 'registries', { name: 'fixture', type, url: upstream.url, insecure: true });
  await post(sandbox, 'projects', {
    project_name: 'proxy',
    registry_id: registry,
    storage_limit: quotaBytes,
    metadata: { public: 'true', ...metadata },
  });
  const project: ProjectTarget = {
    name: 'proxy',
    public: true,
    proxy: true,
    images: ['library/single:1'],
    platforms: ['linux/amd64'],
    upstream: controlOf(upstream),
    ...declared,
  };
  const credential = { username: 'admin', password: () => SANDBOX_PASSWORD };
  const target = { harborUrl: sandbox.url, apiCredential: credential, projects: [project] };
  return {
    sandbox,
    upstream,
    target,
    play: (id, other = target) => playOne(other, id, PATIENCE),
    playImpatiently: (id, other = target) => playOne(other, id, HARBORS_PACE),
    close: () => Promise.all([sandbox.close(), upstream.close()]).then(() => undefined),
  };
}

async function playOne(target: ConformanceTarget, id: string, timeScale: number): Promise<CheckResult> {
  const retry = { attempts: 2, baseDelayMs: 1, maxDelayMs: 10 };
  const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale, checks: [id], retry, deep: true };
  const { results } = await runConformance(target, options);
  expect(results.map((result) => result.id)).toEqual([id]);
  return results[0]!;
}

/** The value of the evidence with that label. */
export function shown({ evidence }: CheckResult, label: string): string | undefined {
  return evidence.find((one) => one.label === label)?.value;
}

export async function configure(sandbox: Sandbox, configuration: object): Promise<void> {
  await send(sandbox, 'PUT', 'configurations', configuration);
}

/** Other rules for the project's retention, in place of the one that Harbor made with it. */
export async function retain(sandbox: Sandbox, rules: readonly object[]): Promise<void> {
  const answer = await send(sandbox, 'GET', 'projects/proxy');
  const { project_id, metadata } = (await answer.json()) as { project_id: number; metadata: { retention_id: string } };
  const repository = [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }];
  const tag_selectors = [{ kind: 'doublestar', decoration: 'matches', pattern: '**' }];
  await send(sandbox, 'PUT', `retentions/${metadata.retention_id}`, {
    id: Number(metadata.retention_id),
    algorithm: 'or',
    scope: { level: 'project', ref: project_id },
    trigger: { kind: 'Schedule', settings: { cron: '' } },
    rules: rules.map((rule) => ({ action: 'retain', tag_selectors, scope_selectors: { repository }, ...rule })),
  });
}

/** What Harbor believes of its one registry. */
export async function statusOfUpstream(sandbox: Sandbox): Promise<unknown> {
  const [registry] = (await (await send(sandbox, 'GET', 'registries')).json()) as { status: unknown }[];
  return registry?.status;
}

async function post(sandbox: Sandbox, resource: string, body: object): Promise<number> {
  const response = await send(sandbox, 'POST', resource, body);
  return Number(response.headers.get('location')?.split('/').at(-1));
}

async function send(sandbox: Sandbox, method: string, resource: string, body?: object): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`admin:${SANDBOX_PASSWORD}`).toString('base64')}`;
  const response = await fetch(`${sandbox.url}/api/v2.0/${resource}`, {
    method,
    headers: { 'content-type': 'application/json', authorization },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${resource}: ${response.status} ${await response.text()}`);
  return response;
}

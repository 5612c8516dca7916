import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FixtureAction, startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { startScannerAdapter } from '../../src/scanner-adapter';
import { compareAnswer, compareValues } from './compare';
import { type Answer, send } from './exchange';
import type { Recording, Step, Until } from './recording';
import { imageVariables, substituteDeep, type Variables } from './variables';

export interface Replay {
  readonly case: string;
  readonly steps: number;
  readonly agreeing: number;
  /** `step N METHOD path: place: want …, got …` */
  readonly differences: readonly string[];
}

export interface ReplayOptions {
  readonly url: string;
  readonly password?: string;
  /** The clock of what answers at `url`: waits and polls are shortened by it. */
  readonly timeScale: number;
}

interface Run {
  readonly base: URL;
  readonly upstream: FixtureUpstream;
  readonly vars: Variables;
  readonly timeScale: number;
  /** When the last wait for something ended, or the run began: what is waited for next was set off after it. */
  idleSince: number;
}

/** Variables of adapters that are started for a recording that names them. */
const SCANNERS = ['scanner', 'scanner2'];
const DEFAULT_EVERY_S = 2;
const DEFAULT_TIMEOUT_S = 120;
const MIN_POLL_MS = 20;
/** A busy machine is late by so much whatever the scale. */
const GRACE_MS = 10_000;
/** What took a real Harbor 20 s may not be there after 10: a stand-in that is too eager hides races. */
const EARLIEST_SHARE = 0.5;

/** Sends what was recorded to `url`, in order, with a fixture upstream of its own, and lists all that differs. */
export async function replay(recording: Recording, options: ReplayOptions): Promise<Replay> {
  // The recordings were made in front of a registry 2.8, which knows no referrers.
  const upstream = await startFixtureUpstream({ referrers: false });
  const text = JSON.stringify(recording);
  const names = SCANNERS.filter((name) => text.includes(`\${${name}}`));
  const scanners = await Promise.all(names.map(() => startScannerAdapter()));
  const base = new URL(options.url);
  const password = options.password ?? 'Harbor12345';
  const vars = initialVariables(base, upstream, text, password);
  names.forEach((name, at) => vars.set(name, scanners[at]!.url));
  const run: Run = { base, upstream, vars, timeScale: options.timeScale, idleSince: performance.now() };
  try {
    return await replaySteps(recording, run);
  } finally {
    for (const step of recording.cleanup) await runStep(step, run).catch(() => []);
    await Promise.all([upstream, ...scanners].map((one) => one.close()));
  }
}

async function replaySteps(recording: Recording, run: Run): Promise<Replay> {
  const differences: string[] = [];
  let agreeing = 0;
  const counted = recording.steps.filter(isCounted);
  for (const [index, step] of recording.steps.entries()) {
    const found = await runStep(step, run).catch((error: unknown) => [`failed: ${String(error)}`]);
    if (found.length === 0) agreeing += isCounted(step) ? 1 : 0;
    const what = step.request ? `${step.request.method} ${step.request.path}` : 'upstream';
    differences.push(...found.map((text) => `step ${index} ${what}: ${text}`));
  }
  return { case: recording.case, steps: counted.length, agreeing, differences };
}

function isCounted(step: Step): boolean {
  return step.request !== undefined || step.saw !== undefined;
}

function initialVariables(base: URL, upstream: FixtureUpstream, text: string, password: string): Variables {
  return new Map<string, string | number>([
    ...imageVariables(text),
    ['host', base.host],
    ['hostname', base.hostname],
    ['password', password],
    // What a deleted project leaves behind changes later answers, so every run has names of its own.
    ['run', `k${randomBytes(3).toString('hex')}`],
    ['upstream', upstream.url],
    ['upstreamHost', new URL(upstream.url).host],
  ]);
}

async function runStep(step: Step, run: Run): Promise<string[]> {
  const { upstream, vars, timeScale } = run;
  if (step.upstream) await upstream.act(substituteDeep(step.upstream, vars) as FixtureAction);
  else if (step.sleepS !== undefined) await sleep(step.sleepS * 1000 * timeScale);
  else if (step.clearUpstreamLog) upstream.takeLog();
  else if (step.upstreamSaw) return compareValues(step.saw ?? [], upstream.takeLog().sort(), vars, 'saw');
  else if (step.request) return requestStep(step, run);
  return [];
}

async function requestStep(step: Step, run: Run): Promise<string[]> {
  const { answer, timedOut } = await ask(step, run);
  const early = step.until && !step.timedOut ? tooEarly(step, run) : [];
  save(step.save ?? {}, answer, run.vars);
  if (!step.response) return [];
  return [
    ...(timedOut && !step.timedOut ? ['never became what it was recorded to become'] : []),
    ...early,
    ...compareAnswer(step.response, answer, run.vars, step),
  ];
}

async function ask(step: Step, run: Run): Promise<{ answer: Answer; timedOut: boolean }> {
  const once = (): Promise<Answer> => send(run.base, step.request!, step.as, run.vars);
  let answer = await once();
  if (!step.until) return { answer, timedOut: false };
  const until = substituteDeep(step.until, run.vars) as Until;
  const everyMs = Math.max(MIN_POLL_MS, (step.everyS ?? DEFAULT_EVERY_S) * 1000 * run.timeScale);
  const deadline = performance.now() + (step.timeoutS ?? DEFAULT_TIMEOUT_S) * 1000 * run.timeScale + GRACE_MS;
  while (!satisfies(answer, until) && performance.now() < deadline) {
    await sleep(everyMs);
    answer = await once();
  }
  return { answer, timedOut: !satisfies(answer, until) };
}

function satisfies({ status, raw }: Answer, until: Until): boolean {
  const text = raw.toString('utf8');
  return (
    (until.status === undefined || status === until.status) &&
    (until.bodyIncludes === undefined || text.includes(until.bodyIncludes)) &&
    (until.bodyExcludes === undefined || !text.includes(until.bodyExcludes))
  );
}

function tooEarly(step: Step, run: Run): string[] {
  const observedS = Math.max(0, (step.observedAfterS ?? 0) - (step.everyS ?? DEFAULT_EVERY_S));
  const earliestMs = observedS * 1000 * run.timeScale * EARLIEST_SHARE;
  const elapsedMs = performance.now() - run.idleSince;
  run.idleSince = performance.now();
  if (elapsedMs >= earliestMs) return [];
  return [`too early: after ${Math.round(elapsedMs)} ms, not before ${Math.round(earliestMs)} ms on this clock`];
}

function save(names: Readonly<Record<string, string>>, answer: Answer, vars: Variables): void {
  for (const [name, source] of Object.entries(names)) {
    const value = valueFrom(source, answer);
    if (value !== undefined) vars.set(name, /^\d+$/.test(value) ? Number(value) : value);
  }
}

function valueFrom(source: string, { headers, raw }: Answer): string | undefined {
  if (source === 'location-id') return /\/([^/]+)$/.exec(headers.location ?? '')?.[1];
  if (source.startsWith('header:')) return String(headers[source.slice('header:'.length)]);
  if (source.startsWith('path:')) {
    const url = String(headers[source.slice('path:'.length)] ?? '');
    return url.replace(/^https?:\/\/[^/]+/, '');
  }
  if (source.startsWith('cookie:')) {
    const name = `${source.slice('cookie:'.length)}=`;
    // Of two cookies with one name the last one counts.
    return headers['set-cookie']
      ?.findLast((cookie) => cookie.startsWith(name))
      ?.slice(name.length)
      .split(';', 1)[0];
  }
  let value = JSON.parse(raw.toString('utf8') || 'null') as unknown;
  for (const key of source.split('.')) value = (value as Record<string, unknown> | null)?.[key];
  return value === undefined || value === null ? undefined : `${value as string}`;
}

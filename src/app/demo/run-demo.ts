import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isConformant, runConformance, type ConformanceReport } from '../../conformance';
import { ApplyError, PlanRefusedError } from '../../errors';
import { renderMarkdown } from '../../plan/render/markdown';
import { renderText } from '../../plan/render/text';
import { startSandbox } from '../../sandbox';
import { applyNow, isComplete } from '../apply';
import { conformanceTarget } from '../conformance-target';
import type { AppContext } from '../context';
import { loadOrThrow } from '../load';
import { planNow } from '../plan';
import { writeReports } from '../reports';
import { secretsOf, withSession, type Session } from '../session';
import { version } from '../version';
import { standInOverlay } from './overlay';
import { demoEnvironment, inventedSecret } from './secrets';
import { controlOf, registriesOfProjects, startUpstreams, type FixtureUpstreams } from './upstreams';
import { makeDirectory } from '../../make-directory';

/** Name of the variable with the sandbox's password in a demo. */
const DEMO_PASSWORD = 'BREAKWATER_DEMO_PASSWORD';

/** A demo changes nothing but the directory of its report. */
export interface DemoOptions {
  readonly policies: string;
  /** Directory for the plan, the journal and the report. */
  readonly report: string;
  readonly timeScale: number;
  /** Keep everything running afterwards, until the signal is aborted. */
  readonly keep: boolean;
}

/** `failed`: a check did not pass. Errors before that are thrown. */
export type DemoResult = 'proven' | 'failed' | 'aborted';

const EVERYTHING = { mode: 'upsert-only', target: [], rotate: [] } as const;

/**
 * The use case behind `demo`, on one machine: validate, plan, apply, plan again (empty), conform, report. The policies
 * can be those of a real Harbor: an overlay replaces its address and those of the upstreams.
 */
export async function runDemo(context: AppContext, options: DemoOptions): Promise<DemoResult> {
  const { policies } = options;
  const shipped = await loadOrThrow(context, { policies });
  context.emit({ type: 'demo-validated', policies, objects: shipped.objects.length });

  const password = inventedSecret();
  const env = { ...demoEnvironment(shipped, context.env), [DEMO_PASSWORD]: password };
  const world = { ...context, env };
  const upstreams = await startUpstreams(shipped, secretsOf(world, shipped));
  const sandbox = await startSandbox({ password, timeScale: options.timeScale });
  const { url } = sandbox;
  try {
    await makeDirectory(options.report);
    const overlay = join(options.report, 'demo-overlay.yaml');
    await writeFile(
      overlay,
      standInOverlay(shipped, { url, passwordEnv: DEMO_PASSWORD, upstreams, by: 'breakwater demo' }),
    );
    const declaration = await loadOrThrow(world, { policies, overlay: [overlay] });
    context.emit({ type: 'demo-started', url, upstreams: upstreams.size, overlay });
    const result = await withSession(world, declaration, (session) => play(session, options, upstreams));
    if (options.keep) await keepOpen(context, url, password);
    return result;
  } finally {
    await sandbox.close();
    for (const upstream of upstreams.values()) await upstream.close();
  }
}

/** An interruption is asked about between the stages. */
async function play(session: Session, options: DemoOptions, upstreams: FixtureUpstreams): Promise<DemoResult> {
  const { emit, signal } = session.context;
  await applyEverything(session, options);
  if (signal.aborted) return 'aborted';
  const report = await prove(session, options, upstreams);
  const files = await writeReports(options.report, report);
  emit({ type: 'demo-proven', report });
  emit({ type: 'demo-reported', files });
  if (signal.aborted) return 'aborted';
  return isConformant(report) ? 'proven' : 'failed';
}

/**
 * Plan, apply, and plan again: the second plan must be empty.
 * @throws PlanRefusedError, ApplyError
 */
async function applyEverything(session: Session, options: DemoOptions): Promise<void> {
  const { context, client } = session;
  const planned = await planNow(session, EVERYTHING);
  const { plan } = planned;
  if (plan.refusals.length > 0) throw new PlanRefusedError('the guard refused the plan', plan.refusals);
  const files = [join(options.report, 'plan.txt'), join(options.report, 'plan.md')];
  await writeFile(files[0]!, renderText(plan));
  await writeFile(files[1]!, renderMarkdown(plan));
  context.emit({ type: 'demo-planned', plan, files });

  const calls = client.calls;
  const report = await applyNow(session, planned, { journal: join(options.report, 'journal.jsonl') });
  context.emit({ type: 'demo-applied', report, calls: client.calls - calls });
  if (!isComplete(report) && !report.aborted) throw new ApplyError('not every change was applied', 'demo');

  const again = await planNow(session, EVERYTHING);
  if (again.plan.changes.length > 0)
    throw new ApplyError(`the second plan is not empty:\n${renderText(again.plan)}`, 'demo');
  context.emit({ type: 'demo-planned-again', plan: again.plan });
}

async function prove(
  { context, declaration, harbor, secret, identity }: Session,
  options: DemoOptions,
  upstreams: FixtureUpstreams,
): Promise<ConformanceReport> {
  const { emit, secrets, signal } = context;
  const target = conformanceTarget({ declaration, harbor, secret, only: [] });
  const registryOf = registriesOfProjects(declaration);
  const projects = target.projects.map((project) => {
    const upstream = upstreams.get(registryOf.get(project.name) ?? '');
    return upstream ? { ...project, upstream: controlOf(upstream) } : project;
  });
  emit({ type: 'proving', projects: projects.length });
  const known = identity.harborVersion === undefined ? {} : { harborVersion: identity.harborVersion };
  return runConformance(
    { ...target, ...known, projects },
    {
      tool: { name: 'breakwater', version },
      timeScale: options.timeScale,
      signal,
      secrets,
      concurrency: projects.length,
      deep: true,
      reporter: { on: (event) => emit({ type: 'conformance', event }) },
    },
  );
}

/** Ends with the signal of the run. */
async function keepOpen({ emit, signal }: AppContext, url: string, password: string): Promise<void> {
  emit({ type: 'demo-kept', url, password });
  await new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isConformant, runConformance, toJson, toText, type ConformanceReport } from '../../conformance';
import type { Declaration } from '../../declaration/declaration';
import { ApplyError, PlanRefusedError } from '../../errors';
import { renderMarkdown } from '../../plan/render/markdown';
import { summaryText } from '../../plan/render/rows';
import { SecretMask } from '../../outside/secret-mask';
import { startSandbox } from '../../sandbox';
import { applyExitCode, applyReportToText } from '../../cli/render/apply-outcome';
import { applyNow } from '../apply';
import type { CommandContext, CommonOptions } from '../../cli/command';
import { conformanceTarget } from '../conformance-target';
import { secretsOf, withHarbor, type Connection } from '../session';
import { behindDoor } from '../../cli/door';
import { abortedCode, ExitCode } from '../../cli/exit-code';
import { loadOrThrow } from '../load';
import { planNow } from '../plan';
import { conformanceReporter } from '../../cli/render/conformance';
import { progressFor } from '../../cli/render/progress';
import { writeReports } from '../reports';
import { planText } from '../../cli/render/plan';
import { paintFor } from '../../cli/terminal';
import { version } from '../version';
import { demoOverlay, DEMO_PASSWORD } from './overlay';
import { demoEnvironment, inventedSecret } from './secrets';
import { controlOf, registriesOfProjects, startUpstreams, type FixtureUpstreams } from './upstreams';

export interface DemoOptions extends CommonOptions {
  readonly policies: string;
  readonly report: string;
  readonly timeScale: number;
  readonly keep: boolean;
}

const EVERYTHING = { mode: 'upsert-only', target: [], rotate: [] } as const;
const STEPS = 6;

/**
 * The whole job on one machine: validate, plan, apply, plan again (empty), conform, report. The policies are
 * the ones that would be applied to a real Harbor; an overlay gives the stand-ins' addresses.
 */
export async function runDemo(context: CommandContext, options: DemoOptions): Promise<ExitCode> {
  const { policies } = options;
  const shipped = await loadOrThrow(context, { ...options, overlay: [] });
  step(context, options, 1, 'validate', `${policies} is valid: ${shipped.objects.length} objects`);

  const password = inventedSecret();
  const env = { ...demoEnvironment(shipped, context.terminal.env), [DEMO_PASSWORD]: password };
  const world = worldOf(context, options, env);
  const upstreams = await startUpstreams(shipped, secretsOf(world, policies));
  const sandbox = await startSandbox({ password, timeScale: options.timeScale });
  try {
    await mkdir(options.report, { recursive: true });
    const overlay = join(options.report, 'demo-overlay.yaml');
    await writeFile(overlay, demoOverlay(shipped, sandbox.url, upstreams));
    const declaration = await loadOrThrow(context, { ...options, overlay: [overlay] });
    context.progress.line(
      `a stand-in for Harbor on ${sandbox.url}, ${upstreams.size} small registries as upstreams (${overlay})`,
    );
    const code = await withHarbor(world, declaration, policies, (connection) =>
      play(world, options, declaration, connection, upstreams),
    );
    if (options.keep) await keepOpen(context, sandbox.url, password);
    return code;
  } finally {
    await sandbox.close();
    for (const upstream of upstreams.values()) await upstream.close();
  }
}

/** Masks the secrets that were invented for it. The command around it does not know them, and may show one (`--keep`). */
function worldOf(
  context: CommandContext,
  { quiet }: DemoOptions,
  env: CommandContext['terminal']['env'],
): CommandContext {
  const secrets = new SecretMask();
  const terminal = behindDoor({ ...context.terminal, env }, secrets);
  return { ...context, terminal, secrets, progress: progressFor(terminal, quiet) };
}

async function play(
  context: CommandContext,
  options: DemoOptions,
  declaration: Declaration,
  connection: Connection,
  upstreams: FixtureUpstreams,
): Promise<ExitCode> {
  await makeItSo(context, options, declaration, connection);
  if (context.signal.aborted) return abortedCode(context.signal);
  const report = await prove(context, options, declaration, connection, upstreams);
  await show(context, options, report);
  if (context.signal.aborted) return abortedCode(context.signal);
  return isConformant(report) ? ExitCode.ok : ExitCode.error;
}

/** Plan, apply, and plan again: the second one has to be empty. @throws PlanRefusedError, ApplyError */
async function makeItSo(
  context: CommandContext,
  options: DemoOptions,
  declaration: Declaration,
  connection: Connection,
): Promise<void> {
  const { plan, state } = await planNow(context, declaration, connection, EVERYTHING);
  if (plan.refusals.length > 0) throw new PlanRefusedError('the guard refused the plan', plan.refusals);
  await writeFile(join(options.report, 'plan.txt'), planText(plan, paintFor(false)));
  await writeFile(join(options.report, 'plan.md'), renderMarkdown(plan));
  step(context, options, 2, 'plan', `${summaryText(plan)} (${join(options.report, 'plan.txt')}, plan.md)`);

  const journal = join(options.report, 'journal.jsonl');
  const calls = connection.client.calls;
  const report = await applyNow(context, plan, declaration, connection, state.refs, {
    journal,
    policies: options.policies,
  });
  step(
    context,
    options,
    3,
    'apply',
    `${applyReportToText(report, paintFor(false)).trimEnd()} ${connection.client.calls - calls} API calls`,
  );
  if (applyExitCode(report) !== ExitCode.ok && !report.aborted)
    throw new ApplyError('the apply did not end well', 'demo');

  const again = await planNow(context, declaration, connection, EVERYTHING);
  if (again.plan.changes.length > 0)
    throw new ApplyError(`the second plan is not empty:\n${planText(again.plan, paintFor(false))}`, 'demo');
  step(context, options, 4, 'plan again', `${summaryText(again.plan)}`);
}

async function prove(
  { progress, secrets, signal }: CommandContext,
  options: DemoOptions,
  declaration: Declaration,
  { harbor, resolve, identity }: Connection,
  upstreams: FixtureUpstreams,
): Promise<ConformanceReport> {
  const target = conformanceTarget({ declaration, harbor, resolve, only: [], policies: options.policies });
  const registryOf = registriesOfProjects(declaration);
  const projects = target.projects.map((project) => {
    const upstream = upstreams.get(registryOf.get(project.name) ?? '');
    return upstream ? { ...project, upstream: controlOf(upstream) } : project;
  });
  progress.stage(
    `proving ${projects.length} projects by pulling: cold, cached, tag moved, upstream stopped, tag removed`,
  );
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
      reporter: conformanceReporter(progress),
    },
  );
}

async function show(context: CommandContext, options: DemoOptions, report: ConformanceReport): Promise<void> {
  const { terminal, progress } = context;
  progress.end();
  const files = await writeReports(options.report, report);
  step(
    context,
    options,
    5,
    'conform',
    `${report.projects.length} projects, ${report.results.length} checks in ${(report.durationMs / 1000).toFixed(1)} s`,
  );
  terminal.out(options.format === 'json' ? toJson(report) : `\n${toText(report)}\n`);
  step(context, options, 6, 'report', files.join(', '));
}

/** Told on stdout, or on stderr where stdout is for one JSON document. */
function step(
  { terminal, progress }: CommandContext,
  { format }: DemoOptions,
  number: number,
  name: string,
  result: string,
): void {
  progress.end();
  const tell = format === 'json' ? terminal.err : terminal.out;
  tell(`[${number}/${STEPS}] ${name.padEnd(10)}  ${result}\n`);
}

async function keepOpen({ terminal, signal }: CommandContext, url: string, password: string): Promise<void> {
  // The one secret that is shown: it was invented for this run, opens nothing but the stand-in, and ends with it.
  terminal.err(`\nstill running: ${url} (admin / ${password}); Ctrl-C ends it\n`);
  await new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}

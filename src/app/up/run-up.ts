import { join, relative } from 'node:path';
import type { Declaration } from '../../declaration/declaration';
import { releaseOf } from '../../deploy/harbor';
import { PlanRefusedError, UsageError } from '../../errors';
import { commandLines, destroySteps, selectSteps, type Deployment, type Problem, type Step } from '../../up';
import { sayAdvisories } from '../advise';
import type { CommandContext } from '../../cli/command';
import { askYes, canAsk } from '../../cli/confirm';
import { ExitCode } from '../../cli/exit-code';
import { compareWithBefore, forgetBefore } from './compare';
import { askGates, chooseSteps, type Gates } from './gates';
import { migrates } from './keep-migrating';
import type { UpOptions } from './options';
import { checkMachine } from './preflight';
import { runSteps, type Ran } from './run-steps';
import type { World } from './world';

/**
 * The whole order, from an empty machine to a proof. Nothing is changed before every gate is passed.
 * @throws PlanRefusedError with every gate that is closed
 */
export async function runUp(
  context: CommandContext,
  deployment: Deployment,
  declaration: Declaration,
  options: UpOptions,
  world: World,
): Promise<ExitCode> {
  const reports = join(relative(process.cwd(), context.terminal.cwd), '.breakwater', 'up', deployment.name);
  if (deployment.sample)
    return showSample(context, deployment, chooseSteps(deployment, { ...options, reports }, false));
  const terraform = terraformOf(context);
  const gates = await askGates(context, deployment, declaration, { ...options, reports, terraform }, world);
  if (options.dryRun) show(context, deployment, gates.steps);
  sayAdvisories(context, declaration, deployment.harborVersion);
  refuseAny(gates.problems);
  sayJump(context, deployment, gates, options.withoutBackup);
  if (options.dryRun) return ExitCode.ok;
  refuseUnasked(context, options);
  const ids = gates.steps.map(({ id }) => id);
  if (ids.includes('before')) await forgetBefore(reports);
  const ran = await runSteps(context, deployment, gates.steps, { ...options, terraform });
  const broken = ids.includes('conform') && !(await compareWithBefore(context, reports));
  if (ran.stoppedAt?.id === 'harbor' && (gates.jump.kind === 'upgrade' || (await migrates(context, deployment)))) {
    warnOfMigration(context);
    return ran.code;
  }
  return broken && ran.code === ExitCode.ok ? ExitCode.error : ended(context, ran, options);
}

/** `cdktf deploy` would replace what was not healthy in time, also in the middle of a migration, which neither image survives. */
function warnOfMigration({ terminal }: CommandContext): void {
  terminal.err(
    'stopped at harbor: a migration of the data may still be running, and must not be killed. Read docker logs of\n' +
      'harbor-postgresql and harbor-core on the host. The same command waits for them; cdktf deploy would replace them\n' +
      '(docs/guides/upgrade.md)\n',
  );
}

/** Takes down what the stacks made, in the order that works. What is on the disk of the host stays. */
export async function runDown(context: CommandContext, deployment: Deployment, options: UpOptions): Promise<ExitCode> {
  const steps = selectSteps(destroySteps(deployment), options);
  if (deployment.sample) return showSample(context, deployment, steps);
  if ('rule' in steps) return refuse([steps]);
  const terraform = terraformOf(context);
  if (options.dryRun) show(context, deployment, steps);
  refuseAny(await checkMachine(context, { deployment, steps, terraform }));
  if (options.dryRun) return ExitCode.ok;
  refuseUnasked(context, options);
  const question = `Take ${deployment.hostname} down? Its data stays on the host.`;
  if (!options.yes && !(await askYes(context, question))) throw new UsageError('nothing was changed');
  return ended(context, await runSteps(context, deployment, steps, { ...options, terraform }), options);
}

/** What a sample would run. Its names are nobody's: they are asked for nothing, and no gate is. */
function showSample(context: CommandContext, deployment: Deployment, steps: readonly Step[] | Problem): ExitCode {
  if ('rule' in steps) return refuse([steps]);
  show(context, deployment, steps);
  context.progress.line(`${deployment.name} is a sample: this would be run, and nothing was looked at`);
  return ExitCode.ok;
}

/** The same variable as cdktf's. */
function terraformOf({ terminal }: CommandContext): string {
  return terminal.env['TERRAFORM_BINARY_NAME'] ?? 'terraform';
}

function show(context: CommandContext, deployment: Deployment, steps: readonly Step[]): void {
  const tools = { terraform: terraformOf(context) };
  for (const { id, title, actions } of steps) {
    const lines = actions.flatMap((action) => commandLines(deployment, action, tools));
    context.terminal.out(`${id}: ${title}\n${lines.map((line) => `  ${line}\n`).join('')}`);
  }
}

function refuseAny(problems: readonly Problem[]): void {
  if (problems.length > 0) refuse(problems);
}

/** @throws PlanRefusedError always */
function refuse(problems: readonly Problem[]): never {
  throw new PlanRefusedError(
    'nothing was changed',
    problems.map(({ rule, message, hint }) => ({ rule, message, allow: hint })),
  );
}

function refuseUnasked(context: CommandContext, { yes }: UpOptions): void {
  if (yes || canAsk(context)) return;
  throw new UsageError('nobody is here to ask', 'look at --dry-run, then pass --yes');
}

function sayJump(
  { progress }: CommandContext,
  { waits }: Deployment,
  { jump, running }: Gates,
  withoutBackup: string | undefined,
): void {
  if (jump.kind !== 'upgrade') return;
  progress.line(`upgrade ${jump.from} -> ${jump.to} (${running.by ?? 'told'})`);
  progress.line('the new version migrates the database, and there is no way back but the backup');
  const [before, after] = [jump.from, jump.to].map((version) => releaseOf(version).postgresql.major);
  if (before !== after && waits?.postgresql !== undefined)
    progress.line(
      `PostgreSQL ${before} -> ${after}: its first start rewrites the database, which takes minutes to an hour and as much ` +
        'free space as the database has',
    );
  if (withoutBackup !== undefined) progress.line(`without a backup: ${withoutBackup}`);
}

/** Every step can be run again: what is as declared is left alone. */
function ended({ terminal }: CommandContext, { code, stoppedAt }: Ran, { only }: UpOptions): ExitCode {
  const from = stoppedAt && only === undefined ? ` and --from ${stoppedAt.id}` : '';
  if (stoppedAt) terminal.err(`stopped at ${stoppedAt.id}; go on with the same command${from}\n`);
  return code;
}

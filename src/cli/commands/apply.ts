import type { Declaration } from '../../declaration/declaration';
import { PlanRefusedError } from '../../errors';
import { kinds } from '../../kinds';
import type { Plan } from '../../plan/plan';
import { approve } from '../../reconcile/approve';
import { loadPlan } from '../../reconcile/plan-file';
import type { ChangeResult } from '../../reconcile/result';
import { requireSecrets } from '../../reconcile/secrets-first';
import { refuseWithoutAccess } from '../../app/access';
import { applyExitCode, applyReportToJson, applyReportToText } from '../render/apply-outcome';
import { applyNow, secretsInDoubt } from '../../app/apply';
import type { Command, CommandContext } from '../command';
import { askYes, canAsk } from '../confirm';
import { withHarbor, type Connection } from '../../app/session';
import { abortedCode, ExitCode, hasBrokenSecret } from '../exit-code';
import { loadOrThrow } from '../../app/load';
import { addDeclarationOptions, addFormatOption, atLeastOne, type DeclarationOptions } from '../options';
import {
  addPlanningOptions,
  planNow,
  preparedFor,
  withSecretWarnings,
  TOOL,
  type Planned,
  type PlanningOptions,
} from '../../app/plan';
import { planText } from '../render/plan';
import { paintFor } from '../terminal';

interface ApplyOptions extends DeclarationOptions, PlanningOptions {
  readonly yes: boolean;
  readonly journal: string;
  readonly concurrency?: number;
}

/** A plan, and the changes of a saved one that are not in it. */
interface Approved extends Planned {
  readonly settled: readonly ChangeResult[];
}

export const command: Command<ApplyOptions> = {
  configure(command) {
    addFormatOption(addPlanningOptions(addDeclarationOptions(command)), 'text', 'json')
      .argument(
        '[plan-file]',
        'what `plan --out` saved: only what it approves is changed; without it a plan is made and shown first',
      )
      .option('--yes', 'do not ask', false)
      .option('--journal <file>', 'append what is attempted and what comes back', '.breakwater/journal.jsonl')
      .option('--concurrency <number>', 'changes in flight (default 6)', atLeastOne);
  },

  async run(context, written, [planFile]) {
    const declaration = await loadOrThrow(context, written);
    const options = await preparedFor(declaration, written);
    return withHarbor(context, declaration, options.policies, async (connection) => {
      const planned = await plannedFrom(context, options, declaration, connection, planFile);
      const { plan } = planned;
      if (plan.refusals.length > 0) refuse(context, plan);
      if (planFile === undefined) context.terminal.err(planText(plan, paintFor(context.terminal.live)));
      refuseWithoutAccess(plan, planned.access);
      await requireSecrets(plan.changes, { secret: connection.resolve, kinds });
      if (plan.changes.length > 0 && planFile === undefined && !options.yes && !(await confirmed(context, plan)))
        return ExitCode.error;
      return execute(context, options, declaration, connection, planned);
    });
  },
};

/** @throws PlanRefusedError */
function refuse({ terminal }: CommandContext, plan: Plan): never {
  terminal.err(planText(plan, paintFor(terminal.live)));
  throw new PlanRefusedError(`the guard refused this plan: nothing was changed`, plan.refusals);
}

async function plannedFrom(
  context: CommandContext,
  options: ApplyOptions,
  declaration: Declaration,
  connection: Connection,
  planFile: string | undefined,
): Promise<Approved> {
  const fits = { tool: TOOL, declaration: declaration.hash, target: connection.client.url, mode: options.mode };
  const saved = planFile === undefined ? undefined : await loadPlan(planFile, fits);
  if (saved && saved.refusals.length > 0) refuse(context, saved);
  const inDoubt = await secretsInDoubt(options.journal, declaration, context.progress);
  const planning = { ...options, rotate: [...options.rotate, ...inDoubt] };
  if (!saved) return { ...(await planNow(context, declaration, connection, planning)), settled: [] };
  const planned = await planNow(context, declaration, connection, { ...planning, mode: saved.mode });
  // Resolves every secret that is to be written, as `plan` did: the same texts are masked on both sides.
  await withSecretWarnings(planned.plan, connection.resolve);
  return { ...planned, ...approve(saved, planned.input, (value) => context.secrets.maskDeep(value)) };
}

async function execute(
  context: CommandContext,
  options: ApplyOptions,
  declaration: Declaration,
  connection: Connection,
  { plan, state, settled }: Approved,
): Promise<ExitCode> {
  const { terminal, signal } = context;
  const { refs, unreadable } = state;
  const applied = await applyNow(context, plan, declaration, connection, refs, { ...options, settled });
  const report = { ...applied, unreadable };
  terminal.out(
    options.format === 'json'
      ? `${JSON.stringify(applyReportToJson(report), null, 2)}\n`
      : applyReportToText(report, paintFor(terminal.colour)),
  );
  const code = report.aborted ? abortedCode(signal) : applyExitCode(report);
  return code === ExitCode.ok && hasBrokenSecret(plan) ? ExitCode.proofFailed : code;
}

/** Without a person to ask, nothing is changed unless `--yes` or a reviewed plan file says so. */
async function confirmed(context: CommandContext, plan: Plan): Promise<boolean> {
  const { terminal, progress } = context;
  progress.end();
  if (!canAsk(context)) {
    terminal.err(
      'error: not an interactive terminal: pass --yes, or apply a saved plan (`plan --out FILE`, `apply FILE`)\n',
    );
    return false;
  }
  const yes = await askYes(context, `Apply these ${plan.changes.length} changes to ${plan.target.url}?`);
  if (!yes) terminal.err('Cancelled. Nothing was changed.\n');
  return yes;
}

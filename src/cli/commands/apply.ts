import { compact } from '../../compact';
import { applyPolicies, type JournalOptions } from '../../app/apply';
import { fileFor } from '../../app/instances';
import { loadOwnRules } from '../../app/own-rules';
import type { PlanningOptions } from '../../app/plan';
import type { Plan } from '../../plan/plan';
import { UsageError } from '../../errors';
import { plural } from '../../plural';
import { appFor } from '../support/app';
import { askYes, canAsk } from '../support/confirm';
import { abortedCode, ExitCode, type Command, type CommandContext } from '../command';
import { acrossInstances } from '../support/fleet';
import {
  addDeclarationOptions,
  addFormatOption,
  addPlanningOptions,
  atLeastOne,
  type DeclarationOptions,
  type RulesOption,
} from '../options';
import { appliedAs, applySummary } from '../../app/render/applied';
import { applyOutcome, hasBrokenSecret } from '../../app/outcome';
import { paintFor } from '../../app/render/paint';

interface ApplyCommandOptions
  extends DeclarationOptions, Omit<PlanningOptions, 'journal'>, JournalOptions, RulesOption {
  readonly yes: boolean;
}

const single: Command<ApplyCommandOptions> = {
  configure(command) {
    addFormatOption(addPlanningOptions(addDeclarationOptions(command)), 'text', 'json', 'markdown')
      .argument('[plan-file]', 'plan saved by `plan --out`: nothing else is changed (default: plans first and asks)')
      .option('--yes', 'do not ask', false)
      .option('--concurrency <number>', 'changes at the same time (default: 6 to 32, adaptive)', atLeastOne);
  },

  async run(context, options, [planFile]) {
    const { terminal, signal } = context;
    const { plan, report } = await applyPolicies(
      // A plan is shown if a person is asked about it.
      appFor(context, options, options.quiet && options.yes ? { planned: () => [] } : {}),
      compact({
        ...options,
        ownRules: await loadOwnRules(options.rules),
        planFile,
        confirm: options.yes ? undefined : (plan) => confirmed(context, plan),
      }),
    );
    if (!report) return ExitCode.error;
    terminal.out(appliedAs(options.format, report, plan.target.url, paintFor(terminal.colour)));
    context.summarise?.(applySummary(report));
    if (report.aborted) return abortedCode(signal);
    const outcome = applyOutcome(report);
    return ExitCode[outcome === 'ok' && hasBrokenSecret(plan) ? 'proofFailed' : outcome];
  },
};

/** With a plan file, only what is in both the file and a new plan: see `applyPolicies`. */
export const command = acrossInstances(single, (options, args, instance) => ({
  options,
  args: args.map((file) => fileFor('apply', file, instance)),
}));

/** Without a person to ask, nothing is changed unless `--yes` or a reviewed plan file allows it. */
async function confirmed(context: CommandContext, plan: Plan): Promise<boolean> {
  const { terminal, progress } = context;
  progress.end();
  if (!canAsk(context))
    throw new UsageError(
      'not an interactive terminal: nothing was changed',
      'pass --yes, or apply a saved plan (`plan --out FILE`, then `apply FILE`)',
    );
  const yes = await askYes(context, `Apply ${plural(plan.changes.length, 'change')} to ${plan.target.url}?`);
  if (!yes) terminal.err('nothing was changed\n');
  return yes;
}

import { fileFor } from '../../app/instances';
import { loadOwnRules } from '../../app/own-rules';
import { planOutcome } from '../../app/outcome';
import { planPolicies, savePlanFile, type PlanningOptions } from '../../app/plan';
import { appFor } from '../support/app';
import { planAs, summaryText } from '../../app/render/plan';
import { ExitCode, type Command } from '../command';
import { acrossInstances } from '../support/fleet';
import { addDeclarationOptions, addPlanningOptions, type DeclarationOptions, type RulesOption } from '../options';
import { addShowOptions, type MarkdownOptions } from '../options/markdown';
import { paintFor } from '../../app/render/paint';

interface PlanOptions extends DeclarationOptions, PlanningOptions, MarkdownOptions, RulesOption {
  readonly out?: string;
  readonly detailedExitcode: boolean;
}

const single: Command<PlanOptions> = {
  configure(command) {
    addShowOptions(addPlanningOptions(addDeclarationOptions(command)))
      .option('--out <file>', 'save the plan for `breakwater apply <file>`')
      .option('--read-only', 'for read-only credentials: do not check whether they may write', false)
      .option('--detailed-exitcode', 'exit with 2 if there are changes, as `terraform plan` does', false);
  },

  async run(context, options) {
    const app = appFor(context, options);
    const ownRules = await loadOwnRules(options.rules);
    const plan = await planPolicies(app, { ...options, ownRules });
    context.terminal.out(await planAs(plan, options, paintFor(context.terminal.colour), ownRules));
    context.summarise?.(summaryText(plan));
    if (options.out !== undefined) await savePlanFile(app, plan, options.out);
    const outcome = planOutcome(plan);
    return ExitCode[outcome === 'changes' && !options.detailedExitcode ? 'ok' : outcome];
  },
};

/** Changes nothing. Without --detailed-exitcode a plan with changes is a success, as for `terraform plan`. */
export const command = acrossInstances(single, (options, args, instance) => ({
  options: options.out === undefined ? options : { ...options, out: fileFor('--out', options.out, instance) },
  args,
}));

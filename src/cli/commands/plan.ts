import { loadOwnRules } from '../../app/own-rules';
import { planPolicies, savePlanFile, type PlanningOptions } from '../../app/plan';
import { appFor } from '../support/app';
import { summaryText } from '../../app/render/plan';
import type { Command } from '../command';
import { ExitCode, planExitCode } from '../exit-code';
import { acrossInstances, fileFor } from '../support/fleet';
import {
  addDeclarationOptions,
  addExplainOption,
  addFormatOption,
  addPlanningOptions,
  type DeclarationOptions,
} from '../options';
import { addMarkdownOptions, showPlan, type MarkdownOptions } from '../options/markdown';

interface PlanOptions extends DeclarationOptions, PlanningOptions, MarkdownOptions {
  readonly out?: string;
  readonly detailedExitcode: boolean;
  readonly rules: readonly string[];
}

const single: Command<PlanOptions> = {
  configure(command) {
    addMarkdownOptions(
      addFormatOption(addExplainOption(addPlanningOptions(addDeclarationOptions(command))), 'text', 'json', 'markdown'),
    )
      .option('--out <file>', 'save the plan for `breakwater apply <file>`')
      .option('--read-only', 'these credentials only read, others apply: do not judge what they may write', false)
      .option('--detailed-exitcode', 'exit with 2 if there are changes, as `terraform plan` does', false);
  },

  async run(context, options) {
    const app = appFor(context, options);
    const ownRules = await loadOwnRules(options.rules);
    const plan = await planPolicies(app, { ...options, ownRules });
    showPlan(context.terminal, plan, options);
    context.summarise?.(summaryText(plan));
    if (options.out !== undefined) await savePlanFile(app, plan, options.out);
    const code = planExitCode(plan);
    return code === ExitCode.changes && !options.detailedExitcode ? ExitCode.ok : code;
  },
};

export const command = acrossInstances(single, (options, args, instance) => ({
  options: options.out === undefined ? options : { ...options, out: fileFor('--out', options.out, instance) },
  args,
}));

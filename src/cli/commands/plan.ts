import { withMaskedObservations } from '../../plan/observed';
import { savePlan } from '../../reconcile/plan-file';
import type { Command } from '../command';
import { sayAdvisories } from '../../app/advise';
import { withHarbor } from '../../app/session';
import { ExitCode, planExitCode } from '../exit-code';
import { loadOrThrow } from '../../app/load';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { addPlanningOptions, planNow, preparedFor, withSecretWarnings, type PlanningOptions } from '../../app/plan';
import { addMarkdownOptions, showPlan } from '../render/plan';

interface PlanOptions extends DeclarationOptions, PlanningOptions {
  readonly out?: string;
  readonly detailedExitcode: boolean;
  readonly maxLength?: number;
  readonly linkBase?: string;
}

export const command: Command<PlanOptions> = {
  configure(command) {
    addMarkdownOptions(addFormatOption(addPlanningOptions(addDeclarationOptions(command)), 'text', 'json', 'markdown'))
      .option('--out <file>', 'save the plan for `breakwater apply <file>`')
      .option('--detailed-exitcode', 'exit with 2 where there are changes, as `terraform plan` does', false);
  },

  async run(context, options) {
    const declaration = await loadOrThrow(context, options);
    const planning = { ...(await preparedFor(declaration, options)), beyond: true };
    const plan = await withHarbor(context, declaration, options.policies, async (connection) => {
      sayAdvisories(context, declaration, connection.identity.harborVersion ?? declaration.harbor?.version);
      const planned = await planNow(context, declaration, connection, planning);
      return withSecretWarnings(planned.plan, connection.resolve);
    });
    showPlan(context.terminal, plan, options);
    if (options.out !== undefined) {
      await savePlan(
        options.out,
        withMaskedObservations(plan, (value) => context.secrets.maskDeep(value)),
      );
      context.progress.line(`saved to ${options.out}: apply it with \`breakwater apply ${options.out}\``);
    }
    if (plan.refusals.length > 0) return ExitCode.refused;
    const code = planExitCode(plan);
    return code === ExitCode.changes && !options.detailedExitcode ? ExitCode.ok : code;
  },
};

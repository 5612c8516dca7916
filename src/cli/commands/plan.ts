import { savePlan } from '../../reconcile/plan-file';
import type { Command } from '../command';
import { withHarbor } from '../connect';
import { ExitCode } from '../exit-code';
import { addressesIn, loadOrThrow } from '../load';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { addPlanningOptions, planNow, type PlanningOptions } from '../planning';
import { showPlan } from '../show-plan';

interface PlanOptions extends DeclarationOptions, PlanningOptions {
  readonly out?: string;
  readonly base?: string;
}

export const command: Command<PlanOptions> = {
  configure(command) {
    addFormatOption(addPlanningOptions(addDeclarationOptions(command)), 'text', 'json', 'markdown')
      .option('--out <file>', 'save the plan for `breakwater apply <file>`')
      .option('--base <dir>', 'directory of the declaration before this one: says what is adopted');
  },

  async run(context, options) {
    const declaration = await loadOrThrow(context, options);
    const { base, ...planning } = options;
    const before = base === undefined ? {} : { declaredBefore: await addressesIn(base, options) };
    const { plan } = await withHarbor(context, declaration, options.policies, (connection) =>
      planNow(context, declaration, connection, { ...planning, ...before }),
    );
    if (options.out !== undefined) {
      await savePlan(options.out, plan);
      context.progress.line(`saved to ${options.out}: apply it with \`breakwater apply ${options.out}\``);
    }
    showPlan(context.terminal, plan, options.format);
    if (plan.refusals.length > 0) return ExitCode.refused;
    return plan.changes.length > 0 ? ExitCode.changes : ExitCode.ok;
  },
};

import type { SecretMask } from '../../outside/secret-mask';
import type { Change, FieldChange, Plan } from '../../plan/plan';
import { savePlan } from '../../reconcile/plan-file';
import type { Command } from '../command';
import { sayAdvisories } from '../advise';
import { withHarbor } from '../connect';
import { ExitCode, planExitCode } from '../exit-code';
import { loadOrThrow } from '../load';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { addPlanningOptions, planNow, withBase, withSecretWarnings, type PlanningOptions } from '../planning';
import { showPlan } from '../show-plan';

interface PlanOptions extends DeclarationOptions, PlanningOptions {
  readonly out?: string;
}

export const command: Command<PlanOptions> = {
  configure(command) {
    addFormatOption(addPlanningOptions(addDeclarationOptions(command)), 'text', 'json', 'markdown').option(
      '--out <file>',
      'save the plan for `breakwater apply <file>`',
    );
  },

  async run(context, options) {
    const declaration = await loadOrThrow(context, options);
    const planning = await withBase(options);
    const plan = await withHarbor(context, declaration, options.policies, async (connection) => {
      sayAdvisories(context, declaration, connection.identity.harborVersion ?? declaration.harbor?.version);
      const planned = await planNow(context, declaration, connection, planning);
      return withSecretWarnings(planned.plan, connection.resolve);
    });
    showPlan(context.terminal, plan, options.format);
    if (options.out !== undefined) {
      await savePlan(options.out, withoutSecrets(plan, context.secrets));
      context.progress.line(`saved to ${options.out}: apply it with \`breakwater apply ${options.out}\``);
    }
    if (plan.refusals.length > 0) return ExitCode.refused;
    return planExitCode(plan);
  },
};

/** Harbor may return a secret in any field. What is declared holds references only, and stays as it is. */
function withoutSecrets(plan: Plan, secrets: SecretMask): Plan {
  const masked = ({ fields, precondition, ...change }: Change): Change => ({
    ...change,
    precondition: precondition && { ...precondition, observed: secrets.maskDeep(precondition.observed) },
    fields: fields.map((field) => ({ ...field, ...maskedBefore(field, secrets) })),
  });
  return { ...plan, warnings: secrets.maskDeep(plan.warnings), changes: plan.changes.map(masked) };
}

function maskedBefore({ before, shown }: FieldChange, secrets: SecretMask): Pick<FieldChange, 'before' | 'shown'> {
  return {
    ...(before !== undefined && { before: secrets.maskDeep(before) }),
    ...(shown?.before !== undefined && { shown: { ...shown, before: secrets.mask(shown.before) } }),
  };
}

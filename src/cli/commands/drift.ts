import { preparedFor, planNow, addScopeOptions, type PlanningOptions } from '../../app/plan';
import { loadOrThrow } from '../../app/load';
import { withHarbor } from '../../app/session';
import { matchesAddress } from '../../plan/address-pattern';
import type { Plan } from '../../plan/plan';
import type { Command } from '../command';
import { ExitCode, planExitCode } from '../exit-code';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { addMarkdownOptions, showPlan, type MarkdownOptions } from '../render/plan';

/** A plan that only reports: nothing is saved, nothing can be applied from it. */
type DriftOptions = DeclarationOptions &
  Omit<PlanningOptions, 'rotate' | 'prune'> &
  MarkdownOptions & { readonly failOnUnmanaged: boolean };

export const command: Command<DriftOptions> = {
  configure(command) {
    addMarkdownOptions(addFormatOption(addScopeOptions(addDeclarationOptions(command)), 'text', 'json', 'markdown'))
      .option(
        '--fail-on-unmanaged',
        'exit with 2 for every object that is not declared, also of kinds that prune does not name',
        false,
      )
      .addHelpText(
        'after',
        '\nExit code 0: Harbor is as declared. 2: something differs, an object of a kind in prune is not declared, or a declared object could not be read. 7: a tested secret does not work.',
      );
  },

  async run(context, options) {
    const declaration = await loadOrThrow(context, options);
    const planning = await preparedFor(declaration, { ...options, rotate: [], beyond: true });
    const { plan } = await withHarbor(context, declaration, options.policies, (connection) =>
      planNow(context, declaration, connection, planning),
    );
    showPlan(context.terminal, plan, options);
    const code = planExitCode(plan);
    return code === ExitCode.ok && drifted(plan, options) ? ExitCode.changes : code;
  },
};

/** What could not be read is not known to be as declared. */
function drifted({ unmanaged, unseen = [], summary }: Plan, { target, failOnUnmanaged }: DriftOptions): boolean {
  const isMeant = (address: string): boolean =>
    target.length === 0 || target.some((pattern) => matchesAddress(pattern, address));
  const open = unmanaged.filter(({ accepted, address }) => accepted === undefined && isMeant(address));
  return (
    summary.unread !== undefined ||
    (target.length === 0 && summary.left > 0) ||
    open.some(({ pruned, removed }) => pruned || removed) ||
    (failOnUnmanaged && (open.length > 0 || unseen.length > 0))
  );
}

import { findDrift, hasDrifted, type DriftOptions } from '../../app/drift';
import { loadOwnRules } from '../../app/own-rules';
import { differenceOutcome } from '../../app/outcome';
import { planAs, summaryText } from '../../app/render/plan';
import { appFor } from '../support/app';
import { ExitCode, type Command } from '../command';
import { acrossInstances } from '../support/fleet';
import { addDeclarationOptions, addScopeOptions, type DeclarationOptions, type RulesOption } from '../options';
import { addShowOptions, type MarkdownOptions } from '../options/markdown';
import { paintFor } from '../../app/render/paint';

const single: Command<DeclarationOptions & DriftOptions & MarkdownOptions & RulesOption> = {
  configure(command) {
    addShowOptions(addScopeOptions(addDeclarationOptions(command)))
      .option(
        '--fail-on-unmanaged',
        'exit with 2 if any object is not declared, also of kinds that prune does not name',
        false,
      )
      .addHelpText(
        'after',
        '\nExit code 0: Harbor is as declared. 2: something differs, an object of a kind in prune is not declared, or a declared object could not be read. 7: a tested secret does not work.',
      );
  },

  async run(context, options) {
    const ownRules = await loadOwnRules(options.rules);
    const plan = await findDrift(appFor(context, options), { ...options, ownRules });
    context.terminal.out(await planAs(plan, options, paintFor(context.terminal.colour), ownRules));
    context.summarise?.(summaryText(plan));
    const outcome = differenceOutcome(plan);
    return ExitCode[outcome === 'ok' && hasDrifted(plan, options) ? 'changes' : outcome];
  },
};

/** Like `plan`, except that a difference is a failure: for a schedule, not for a review. */
export const command = acrossInstances(single);

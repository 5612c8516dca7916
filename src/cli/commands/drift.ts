import { findDrift, hasDrifted, type DriftOptions } from '../../app/drift';
import { differenceOutcome } from '../../app/outcome';
import { planAs, summaryText } from '../../app/render/plan';
import { appFor } from '../support/app';
import { ExitCode, type Command } from '../command';
import { acrossInstances } from '../support/fleet';
import {
  addDeclarationOptions,
  addExplainOption,
  addFormatOption,
  addScopeOptions,
  type DeclarationOptions,
} from '../options';
import { addMarkdownOptions, type MarkdownOptions } from '../options/markdown';
import { paintFor } from '../../app/render/paint';

const single: Command<DeclarationOptions & DriftOptions & MarkdownOptions> = {
  configure(command) {
    addMarkdownOptions(
      addFormatOption(addExplainOption(addScopeOptions(addDeclarationOptions(command))), 'text', 'json', 'markdown'),
    )
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
    const plan = await findDrift(appFor(context, options), options);
    context.terminal.out(planAs(plan, options, paintFor(context.terminal.colour)));
    context.summarise?.(summaryText(plan));
    const outcome = differenceOutcome(plan);
    return ExitCode[outcome === 'ok' && hasDrifted(plan, options) ? 'changes' : outcome];
  },
};

export const command = acrossInstances(single);

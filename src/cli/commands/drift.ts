import { findDrift, hasDrifted, type DriftOptions } from '../../app/drift';
import { summaryText } from '../../app/render/plan';
import { appFor } from '../support/app';
import type { Command } from '../command';
import { differenceExitCode, ExitCode } from '../exit-code';
import { acrossInstances } from '../support/fleet';
import {
  addDeclarationOptions,
  addExplainOption,
  addFormatOption,
  addScopeOptions,
  type DeclarationOptions,
} from '../options';
import { addMarkdownOptions, showPlan, type MarkdownOptions } from '../options/markdown';

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
    showPlan(context.terminal, plan, options);
    context.summarise?.(summaryText(plan));
    const code = differenceExitCode(plan);
    return code === ExitCode.ok && hasDrifted(plan, options) ? ExitCode.changes : code;
  },
};

export const command = acrossInstances(single);

import type { Command } from '../command';
import { withHarbor } from '../../app/session';
import { ExitCode, planExitCode } from '../exit-code';
import { loadOrThrow } from '../../app/load';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { addWatchingOptions, planNow, type WatchingOptions } from '../../app/plan';
import { showPlan } from '../render/plan';

/** A plan that only reports: nothing is saved, nothing can be applied from it. */
type DriftOptions = DeclarationOptions & WatchingOptions;

export const command: Command<DriftOptions> = {
  configure(command) {
    addFormatOption(addWatchingOptions(addDeclarationOptions(command)), 'text', 'json', 'markdown').addHelpText(
      'after',
      '\nExit code 0: Harbor is as declared. 2: something differs, or a declared object could not be read. 7: a tested secret does not work.',
    );
  },

  async run(context, options) {
    const declaration = await loadOrThrow(context, options);
    const everything = { ...options, mode: 'upsert-only', target: [], rotate: [] } as const;
    const { plan } = await withHarbor(context, declaration, options.policies, (connection) =>
      planNow(context, declaration, connection, everything),
    );
    showPlan(context.terminal, plan, options.format);
    const code = planExitCode(plan);
    // What could not be read is not known to be as declared.
    return code === ExitCode.ok && plan.summary.unread !== undefined ? ExitCode.changes : code;
  },
};

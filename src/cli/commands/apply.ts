import { compact } from '../../compact';
import { applyPolicies, type JournalOptions } from '../../app/apply';
import { loadOwnRules } from '../../app/own-rules';
import type { PlanningOptions } from '../../app/plan';
import type { Plan } from '../../plan/plan';
import { plural } from '../../plural';
import { appFor } from '../app';
import type { Command, CommandContext } from '../command';
import { askYes, canAsk } from '../confirm';
import { abortedCode, applyExitCode, ExitCode } from '../exit-code';
import { addDeclarationOptions, addFormatOption, atLeastOne, type DeclarationOptions } from '../options';
import { addPlanningOptions } from '../options/planning';
import { applyReportToJson, applyReportToText } from '../../app/render/applied';
import { hasBrokenSecret } from '../../app/outcome';
import { paintFor } from '../terminal';

interface ApplyOptions extends DeclarationOptions, PlanningOptions, JournalOptions {
  readonly yes: boolean;
  readonly rules: readonly string[];
}

export const command: Command<ApplyOptions> = {
  configure(command) {
    addFormatOption(addPlanningOptions(addDeclarationOptions(command)), 'text', 'json')
      .argument(
        '[plan-file]',
        'plan saved by `plan --out`: apply changes only what it approves; without it, apply plans first and asks',
      )
      .option('--yes', 'do not ask', false)
      .option(
        '--journal <file>',
        'append every attempted change and its result to this file',
        '.breakwater/journal.jsonl',
      )
      .option(
        '--concurrency <number>',
        'changes at the same time (default: 6 to 32, as fast as Harbor answers)',
        atLeastOne,
      );
  },

  async run(context, options, [planFile]) {
    const { terminal, signal } = context;
    const { plan, report } = await applyPolicies(
      appFor(context, options),
      compact({
        ...options,
        ownRules: await loadOwnRules(options.rules),
        planFile,
        confirm: !options.yes ? (plan) => confirmed(context, plan) : undefined,
      }),
    );
    if (!report) return ExitCode.error;
    terminal.out(
      options.format === 'json'
        ? `${JSON.stringify(applyReportToJson(report), null, 2)}\n`
        : applyReportToText(report, paintFor(terminal.colour)),
    );
    const code = report.aborted ? abortedCode(signal) : applyExitCode(report);
    return code === ExitCode.ok && hasBrokenSecret(plan) ? ExitCode.proofFailed : code;
  },
};

/** Without a person to ask, nothing is changed unless `--yes` or a reviewed plan file allows it. */
async function confirmed(context: CommandContext, plan: Plan): Promise<boolean> {
  const { terminal, progress } = context;
  progress.end();
  if (!canAsk(context)) {
    terminal.err(
      'error: not an interactive terminal: pass --yes, or apply a saved plan (`plan --out FILE`, then `apply FILE`)\n',
    );
    return false;
  }
  const yes = await askYes(context, `Apply ${plural(plan.changes.length, 'change')} to ${plan.target.url}?`);
  if (!yes) terminal.err('nothing was changed\n');
  return yes;
}

import { Argument, Option } from 'commander';
import { loadOwnRules } from '../../app/own-rules';
import { catalogueJson, catalogueText, findingsAs } from '../../app/render/rules';
import { ENVIRONMENTS, isError, judgeSynthesised, ruleCalled, withOwn, type StackRulesOptions } from '../../app/rules';
import { UsageError } from '../../errors';
import { appFor } from '../support/app';
import { ExitCode, type Command, type CommonOptions } from '../command';
import { addFormatOption, collect, addRulesOption } from '../options';

type RulesOptions = CommonOptions & Partial<StackRulesOptions> & { readonly rules: readonly string[] };

/** The catalogue; with --synth a judgement of stacks. Policies and plans are judged by `validate` and `plan`. */
export const command: Command<RulesOptions> = {
  configure(command) {
    addRulesOption(addFormatOption(command, 'text', 'json', 'sarif'))
      .addArgument(new Argument('[rule]', 'show this rule in full, with examples, such as HP023'))
      .addOption(new Option('--synth <dir>', 'check the stacks in the output of cdktf synth, such as cdktf.out'))
      .option('--environment <name>', `environment whose waivers and severities apply: ${ENVIRONMENTS}/NAME.yaml`)
      .option('--policies <dir>', 'with --synth: policies whose rules.severity applies as well')
      .option('--overlay <file>', 'with --policies: apply one more file on top (repeatable)', collect, [])
      .addHelpText(
        'after',
        '\nWithout --synth: prints the catalogue; `validate` checks the policies, `plan` the plan. With it: exit code 4 if a critical or high finding is not waived.',
      );
  },

  async run(context, options, [id]) {
    const { terminal } = context;
    const { synth, environment, format } = options;
    const own = await loadOwnRules(options.rules);
    const all = withOwn(own);
    if (synth === undefined) {
      if (format === 'sarif') throw new UsageError('--format sarif needs --synth', 'validate and plan have it, too');
      const chosen = id === undefined ? all : [ruleCalled(id, all)];
      terminal.out(format === 'json' ? catalogueJson(chosen) : catalogueText(chosen, id !== undefined));
      return ExitCode.ok;
    }
    const judged = await judgeSynthesised(appFor(context, options), { ...options, synth }, own);
    const file = environment === undefined ? `${synth}/manifest.json` : `${ENVIRONMENTS}/${environment}.yaml`;
    terminal.out(findingsAs(format, judged, all, file));
    return judged.open.some(isError) ? ExitCode.policyViolation : ExitCode.ok;
  },
};

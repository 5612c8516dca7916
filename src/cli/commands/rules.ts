import { Argument, Option } from 'commander';
import { loadOwnRules } from '../../app/own-rules';
import { today } from '../../app/plan';
import { version } from '../../app/version';
import { renderDiagnostics } from '../../declaration/render';
import { diagnosticsToSarif } from '../../declaration/render-sarif';
import { loadEnvironment } from '../../deploy/load-environment';
import { readSynthesised } from '../../deploy/read-synthesised';
import { hasErrors } from '../../diagnostic';
import { UsageError } from '../../errors';
import { diagnosticOf, isError, judgeStacks, rules, type Rule, type RuleWaiver, type Waived } from '../../rules';
import { didYouMean } from '../../suggest';
import type { Command, CommandContext, CommonOptions } from '../command';
import { ExitCode } from '../exit-code';
import { addFormatOption } from '../options';
import { addRulesOption } from '../options/planning';
import { catalogueJson, catalogueText, findingsText } from '../render/rules';
import { aboutRules } from '../render/rules-sarif';

interface RulesOptions extends CommonOptions {
  readonly synth?: string;
  readonly environment?: string;
  readonly rules: readonly string[];
}

const ENVIRONMENTS = 'stacks/environments';

export const command: Command<RulesOptions> = {
  configure(command) {
    addRulesOption(addFormatOption(command, 'text', 'json', 'sarif'))
      .addArgument(new Argument('[rule]', 'show this rule in full, with examples, such as HP023'))
      .addOption(new Option('--synth <dir>', 'check the stacks in the output of cdktf synth, such as cdktf.out'))
      .option('--environment <name>', `environment whose waivers apply: ${ENVIRONMENTS}/NAME.yaml`)
      .addHelpText(
        'after',
        '\nWithout --synth: prints the catalogue; `validate` checks the policies, `plan` the plan. With it: exit code 4 if a critical or high finding is not waived.',
      );
  },

  async run(context, options, [id]) {
    const { terminal } = context;
    const { synth, environment, format } = options;
    const all = [...rules, ...(await loadOwnRules(options.rules))];
    if (synth === undefined) {
      if (format === 'sarif') throw new UsageError('--format sarif needs --synth', 'validate has it for policies');
      const chosen = id === undefined ? all : [ruleCalled(id, all)];
      terminal.out(format === 'json' ? catalogueJson(chosen) : catalogueText(chosen, id !== undefined));
      return ExitCode.ok;
    }
    const waivers = environment === undefined ? [] : await waiversOf(context, environment);
    const result = judgeStacks(await stacksIn(synth), waivers, today(), all.slice(rules.length));
    const file = environment === undefined ? `${synth}/manifest.json` : `${ENVIRONMENTS}/${environment}.yaml`;
    terminal.out(rendered(result, all, format, file));
    return result.open.some(isError) ? ExitCode.policyViolation : ExitCode.ok;
  },
};

/** @param file where a code scanner shows the findings: stacks are generated, and in no repository */
function rendered(result: Waived, all: readonly Rule[], format: string, file: string): string {
  if (format === 'json') return `${JSON.stringify({ schemaVersion: 1, ...result }, null, 2)}\n`;
  if (format !== 'sarif') return findingsText(result, all.filter(({ check }) => check).length);
  const at = { file, line: 1, column: 1 };
  const diagnostics = result.open.map((finding) => diagnosticOf({ at, ...finding }, new Map()));
  return `${JSON.stringify(diagnosticsToSarif(diagnostics, { version, about: aboutRules(all) }), null, 2)}\n`;
}

function ruleCalled(id: string, all: readonly Rule[]): Rule {
  const rule = all.find((one) => one.id === id.toUpperCase());
  if (rule) return rule;
  const ids = all.map((one) => one.id);
  throw new UsageError(`there is no rule ${id}`, didYouMean(id.toUpperCase(), ids) ?? `there are ${ids.join(', ')}`);
}

async function stacksIn(directory: string) {
  try {
    return await readSynthesised(directory);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${directory} contains no stacks (${why})`, 'run node dist/stacks/main.js, or cdktf synth');
  }
}

async function waiversOf({ terminal }: CommandContext, name: string): Promise<readonly RuleWaiver[]> {
  const { environment, diagnostics, source } = await loadEnvironment(ENVIRONMENTS, name);
  const sources = new Map(source ? [[source.file, source.text]] : []);
  if (diagnostics.length > 0) terminal.err(renderDiagnostics(diagnostics, { sources }));
  if (!environment || hasErrors(diagnostics)) throw new UsageError(`the environment ${name} has errors`);
  return environment.waivers ?? [];
}

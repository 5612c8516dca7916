import { UsageError } from '../../errors';
import { Argument } from 'commander';
import { stringify } from 'yaml';
import { readSynthesised } from '../../deploy/read-synthesised';
import { loadEnvironment } from '../../deploy/load-environment';
import {
  checkRules,
  rules,
  scopesOf,
  waive,
  type Rule,
  type RuleFinding,
  type RuleWaiver,
  type Waived,
} from '../../rules';
import { hasErrors } from '../../diagnostic';
import { renderDiagnostics } from '../../declaration/render';
import type { Command, CommandContext, CommonOptions } from '../command';
import { ExitCode } from '../exit-code';
import { addFormatOption } from '../options';
import { didYouMean } from '../../suggest';

interface RulesOptions extends CommonOptions {
  readonly synth?: string;
  readonly environment?: string;
}

export const command: Command<RulesOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .addArgument(new Argument('[rule]', 'show this rule in full, with examples, such as HP023'))
      .option('--synth <dir>', 'check the stacks in the output of cdktf synth, such as cdktf.out')
      .option('--environment <name>', 'environment whose waivers apply: stacks/environments/NAME.yaml')
      .addHelpText(
        'after',
        '\nWithout --synth: prints the catalogue; `validate` checks the policies. With it: exit code 4 if a critical or high finding is not waived.',
      );
  },

  async run(context, options, [id]) {
    const { terminal } = context;
    if (options.synth === undefined) {
      const chosen = id === undefined ? rules : [ruleCalled(id)];
      terminal.out(options.format === 'json' ? catalogueJson(chosen) : catalogueText(chosen, id !== undefined));
      return ExitCode.ok;
    }
    const waivers = options.environment === undefined ? [] : await waiversOf(context, options.environment);
    const today = new Date().toISOString().slice(0, 10);
    const result = waive(checkRules(await stacksIn(options.synth)), waivers, today);
    terminal.out(
      options.format === 'json' ? `${JSON.stringify({ schemaVersion: 1, ...result }, null, 2)}\n` : text(result),
    );
    return result.open.some(({ severity }) => severity !== 'medium') ? ExitCode.policyViolation : ExitCode.ok;
  },
};

function ruleCalled(id: string): Rule {
  const rule = rules.find((one) => one.id === id.toUpperCase());
  if (rule) return rule;
  const ids = rules.map((one) => one.id);
  throw new UsageError(`there is no rule ${id}`, didYouMean(id, ids) ?? `there are ${ids.join(', ')}`);
}

function catalogueText(chosen: readonly Rule[], inFull: boolean): string {
  const lines = chosen.map((rule) =>
    inFull
      ? inFullText(rule)
      : `${rule.id}  ${rule.severity.padEnd(8)}  ${scopesOf(rule).join(', ').padEnd(19)}  ${rule.title}`,
  );
  return `${lines.join('\n')}\n`;
}

function inFullText(rule: Rule): string {
  const { id, severity, title, why, declared } = rule;
  const examples = declared ? ['', 'Refused:', yaml(declared.bad), 'Accepted:', yaml(declared.good)] : [];
  return [`${id}  ${severity}  ${title}`, `Judges: ${scopesOf(rule).join(', ')}`, '', why, ...examples].join('\n');
}

function yaml(example: object): string {
  return stringify(example).replace(/^/gm, '  ').trimEnd();
}

function catalogueJson(chosen: readonly Rule[]): string {
  const list = chosen.map((rule) => {
    const { id, severity, title, why, declared } = rule;
    const examples = declared ? { good: declared.good, bad: declared.bad } : {};
    return { id, severity, title, why, scopes: scopesOf(rule), ...examples };
  });
  return `${JSON.stringify({ schemaVersion: 1, rules: list }, null, 2)}\n`;
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
  const { environment, diagnostics, source } = await loadEnvironment('stacks/environments', name);
  const sources = new Map(source ? [[source.file, source.text]] : []);
  if (diagnostics.length > 0) terminal.err(renderDiagnostics(diagnostics, { sources }));
  if (!environment || hasErrors(diagnostics)) throw new UsageError(`the environment ${name} has errors`);
  return environment.waivers ?? [];
}

function text({ open, waived, idle }: Waived): string {
  const lines = [
    ...open.map((finding) => `${line(finding)}\n          ${finding.hint}`),
    ...waived.map(({ finding, by }) => `waived    ${line(finding)} (${by.owner}, until ${by.expires}: ${by.reason})`),
    ...idle.map(({ waiver, because }) => `unused    the waiver of ${waiver.rule} for ${waiver.object}: ${because}`),
    `${rules.filter(({ check }) => check).length} rules, ${open.length} ${open.length === 1 ? 'finding' : 'findings'}, ${waived.length} waived`,
  ];
  return `${lines.join('\n')}\n`;
}

function line({ rule, severity, address, message }: RuleFinding): string {
  return `${severity.padEnd(8)}  ${rule}  ${address}  ${message}`;
}

import { Command as CommanderCommand, CommanderError, Help, type Option } from 'commander';
import type { CommandContext, CommonOptions } from './command';
import { SecretMask } from '../outside/secret-mask';
import { commands } from './commands';
import { behindDoor } from './terminal/door';
import { describeError, errorAs } from '../app/render/error';
import { abortedCode, ExitCode, exitCodeOf } from './exit-code';
import { progressFor } from '../app/render/progress';
import type { Terminal } from './terminal/terminal';
import { isStop } from '../app/outcome';
import { version } from '../app/version';

/** Runs one command line. Never throws: every error becomes a message on stderr and an exit code. */
export async function run(words: readonly string[], outer: Terminal, signal: AbortSignal): Promise<ExitCode> {
  const argv = spelledOut(words);
  const secrets = new SecretMask();
  const door = behindDoor(outer, secrets);
  const said = { out: false };
  const terminal: Terminal = {
    ...door,
    out: (text) => {
      said.out = true;
      door.out(text);
    },
  };
  let code: ExitCode = ExitCode.ok;
  const program = rootCommand(terminal);
  for (const { name, summary, load } of commands) {
    const subcommand = program.command(name).summary(summary).description(summary);
    // Options are known only once the command's file is loaded, so the called one is loaded before parsing.
    if (argv.find((word) => !word.startsWith('-')) !== name) continue;
    const loaded = await load();
    loaded.configure(subcommand);
    addCommonOptions(subcommand);
    subcommand.action(async () => {
      const options = subcommand.opts<CommonOptions>();
      const effective = options.color ? terminal : { ...terminal, colour: false, errColour: false };
      const progress = progressFor(effective, options.quiet);
      try {
        const runAnother: CommandContext['runAnother'] = (other, out = effective.out) =>
          run(other, { ...effective, out }, signal);
        code = await loaded.run(
          { terminal: effective, progress, secrets, signal, runAnother, wholeProgram },
          options,
          subcommand.args,
        );
      } finally {
        progress.end();
      }
    });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.ok;
    if (!said.out) terminal.out(asDocument(error, argv));
    if (error instanceof CommanderError) return ExitCode.error;
    if (signal.aborted && isStop(error)) terminal.err('Cancelled.\n');
    else terminal.err(describeError(error, argv.includes('--verbose')));
    return signal.aborted ? abortedCode(signal) : exitCodeOf(error);
  }
}

/** One document on stdout in any case; nothing for text formats. */
function asDocument(error: unknown, argv: readonly string[]): string {
  const format = argv.flatMap(
    (word, i) => (word === '--format' ? argv[i + 1] : /^--format=(.*)/.exec(word)?.[1]) ?? [],
  );
  return errorAs(format.at(-1), error, error instanceof CommanderError ? 'USAGE' : undefined);
}

/** Loads every command: only for output that describes all of them. */
async function wholeProgram(): Promise<CommanderCommand> {
  const program = new CommanderCommand('breakwater');
  for (const { name, summary, load } of commands) {
    const subcommand = program.command(name).summary(summary);
    (await load()).configure(subcommand);
    addCommonOptions(subcommand);
  }
  return program;
}

/** `help plan` is `plan --help`: commander's own help command does not know options of a command that is not loaded. */
function spelledOut(words: readonly string[]): readonly string[] {
  return words[0] === 'help' ? [...words.slice(1, 2), '--help'] : words;
}

function rootCommand(terminal: Terminal): CommanderCommand {
  return new CommanderCommand('breakwater')
    .description('GitOps for a Harbor pull-through cache: declare it, plan it, apply it, verify it with real pulls.')
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .helpCommand(false)
    .configureHelp({ optionDescription })
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .addHelpText(
      'after',
      '\nExit codes: 0 ok · 1 error · 2 drift, or changes with --detailed-exitcode · 3 plan is stale · 4 policy violation · 5 applied in part · 6 guard refused · 7 verification failed · 8 Harbor cannot be reached or refuses the login',
    );
}

/** Disabled switches and empty lists have no default worth showing. */
function optionDescription(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:false|\[\])\)$/, '');
}

/** Options of every command. Exported for the test that parses the commands in the guides. */
export function addCommonOptions(command: CommanderCommand): void {
  command
    .option('--no-color', 'no color, also on a terminal')
    .option('--quiet', 'print only results and errors, no progress', false)
    .option('--verbose', 'print more detail, such as the causes of errors', false)
    .exitOverride()
    .showSuggestionAfterError();
}

import type { Command as CommanderCommand } from 'commander';
import type { ExitCode } from './exit-code';
import type { SecretMask } from '../outside/secret-mask';
import type { Progress } from '../app/render/progress';
import type { Terminal } from './terminal/terminal';

export * from './exit-code';

/** Options of every command. */
export interface CommonOptions {
  readonly format: string;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** What a command gets from the outside: it uses neither `process` nor `console`. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly progress: Progress;
  /** Every secret that this run has read. The terminal masks them; files must be masked, too. */
  readonly secrets: SecretMask;
  /** Aborts on SIGINT and SIGTERM: start nothing new, finish running work, report. */
  readonly signal: AbortSignal;
  /**
   * Runs another command line in this process, with the same signal.
   * @param out receives its results instead of stdout
   */
  runAnother(argv: readonly string[], out?: (text: string) => void): Promise<ExitCode>;
  /** If several Harbors are processed in one run: the result of this one, in one line. */
  readonly summarise?: (text: string) => void;
  /** Every command with its options, for inspection. */
  wholeProgram(): Promise<CommanderCommand>;
}

/** One command, one file in commands/, loaded only when it is called. */
export interface Command<Options extends CommonOptions = CommonOptions> {
  configure(command: CommanderCommand): void;
  run(context: CommandContext, options: Options, args: readonly string[]): Promise<ExitCode>;
}

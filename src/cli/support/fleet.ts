import { Option, type Command as CommanderCommand } from 'commander';
import { runForEach } from '../../app/fleet';
import { compact } from '../../compact';
import { everyInstance, ofInstance, ofOnlyInstance } from '../../app/instances';
import { describeError } from '../../app/render/error';
import { fleetText } from '../../app/render/fleet';
import { abortedCode, type ExitCode, exitCodeOf, worstOf, type Command, type CommandContext } from '../command';
import type { DeclarationOptions } from '../options';

/** Options and arguments for one of several Harbors: each needs its own output files. @throws UsageError */
export type Narrow<Options> = (
  options: Options,
  args: readonly string[],
  instance: string,
) => { readonly options: Options; readonly args: readonly string[] };

/**
 * A command that can run for several Harbors, one after the other: with `--all`, or several `--instance`. An error in
 * one does not stop the others, and the worst exit code counts.
 */
export function acrossInstances<Options extends DeclarationOptions>(
  single: Command<Options>,
  narrow: Narrow<Options> = (options, args) => ({ options, args }),
): Command<Options> {
  return {
    configure(command) {
      single.configure(command);
      makeRepeatable(command);
    },
    async run(context, given, args) {
      const {
        all,
        instance: written,
        ...rest
      } = given as Options & { readonly all?: boolean; readonly instance?: string | string[] };
      const named = typeof written === 'string' ? [written] : (written ?? []);
      const one = compact<Record<string, unknown>>({ ...rest, instance: named[0] }) as unknown as Options;
      if (!all && named.length === 0) return single.run(context, one, args);
      if (!all && named.length === 1) return single.run(context, ofOnlyInstance(one, named[0]!), args);
      const names = all ? await everyInstance(given.policies) : [...new Set(named)];
      const tasks = names.map((instance) => ({ instance, ...narrow(ofInstance(one, instance), args, instance) }));
      return runFleet(context, single, tasks, given.format);
    },
  };
}

/** Changes the option that the single command added, instead of adding a second one with another meaning. */
function makeRepeatable(command: CommanderCommand): void {
  const option = command.options.find(({ long }) => long === '--instance');
  option?.argParser<readonly string[]>((value, before) => [...(before ?? []), value]);
  if (option)
    option.description = 'apply policies/instances/<name>.yaml on top (repeatable: one run each, one summary)';
  command.addOption(
    new Option('--all', 'run for every Harbor of policies/instances/, one after the other, with one summary').conflicts(
      'instance',
    ),
  );
}

interface Task<Options> {
  readonly instance: string;
  readonly options: Options;
  readonly args: readonly string[];
}

/**
 * In text, each Harbor's output follows its heading at once. In other formats it is collected, and one document with
 * all of them is printed at the end.
 */
async function runFleet<Options extends DeclarationOptions>(
  context: CommandContext,
  single: Command<Options>,
  tasks: readonly Task<Options>[],
  format: string,
): Promise<ExitCode> {
  const { terminal, progress, signal } = context;
  const print = format === 'text' ? terminal.out : (): void => {};
  const { runs, left } = await runForEach(tasks, {
    signal,
    begin({ instance }, index) {
      progress.end();
      print(`${index > 0 ? '\n' : ''}=== ${instance} ===\n\n`);
    },
    run({ options, args }, { out, summarise }) {
      const both = (text: string): void => [out, print].forEach((to) => to(text));
      return single.run({ ...context, terminal: { ...terminal, out: both }, summarise }, options, args);
    },
    failed: ({ instance, options }, error) => terminal.err(`${instance}: ${describeError(error, options.verbose)}`),
    codeOf: exitCodeOf,
  });
  const exitCode = signal.aborted ? abortedCode(signal) : worstOf(runs.map((run) => run.exitCode));
  progress.end();
  terminal.out(fleetText(format, { runs, left, exitCode }));
  return exitCode;
}

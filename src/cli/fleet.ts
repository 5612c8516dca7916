import { Option, type Command as CommanderCommand } from 'commander';
import { compact } from '../compact';
import { everyInstance } from '../app/instances';
import { UsageError } from '../errors';
import { isRecord, type Json } from '../json';
import type { Command, CommandContext } from './command';
import { abortedCode, type ExitCode, exitCodeOf, exitWords, worstOf } from './exit-code';
import type { DeclarationOptions } from './options';
import { describeError, errorAsJson } from './render/error';

/** What became of one Harbor of a fleet. */
export interface InstanceRun {
  readonly instance: string;
  readonly exitCode: ExitCode;
  /** In one line; absent where the command came to none. */
  readonly summary?: string;
  /** What the command printed. */
  readonly out: string;
  /** Absent where it ended as it should. */
  readonly error?: unknown;
}

interface FleetOptions {
  readonly all?: boolean;
  /** As commander collects it: one name, or several. */
  readonly instances?: readonly string[];
}

/** Options and arguments for one Harbor of several: files that the run writes need a name each. @throws UsageError */
export type Narrow<Options> = (
  options: Options,
  args: readonly string[],
  instance: string,
) => { readonly options: Options; readonly args: readonly string[] };

/**
 * A command that also runs for several Harbors, one after the other: with `--all`, or `--instance` more than once. What
 * fails in one does not stop the others, and the exit code is the worst.
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
      const { all, instance: written, ...rest } = given as Options & FleetOptions & { instance?: string | string[] };
      const named = typeof written === 'string' ? [written] : (written ?? []);
      const one = compact<Record<string, unknown>>({ ...rest, instance: named[0] }) as unknown as Options;
      if (!all && named.length <= 1) return single.run(context, one, args);
      const names = all ? await everyInstance(given.policies) : [...new Set(named)];
      const tasks = names.map((instance) => ({ instance, ...narrow({ ...one, instance }, args, instance) }));
      return runFleet(context, single, tasks, given.format);
    },
  };
}

function makeRepeatable(command: CommanderCommand): void {
  const option = command.options.find(({ long }) => long === '--instance');
  option?.argParser<readonly string[]>((value, before) => [...(before ?? []), value]);
  if (option)
    option.description = 'apply policies/instances/<name>.yaml on top (repeatable: one run each, one summary)';
  command.addOption(
    new Option('--all', 'every Harbor of policies/instances/, one after the other, with one summary').conflicts(
      'instance',
    ),
  );
}

interface Task<Options> {
  readonly instance: string;
  readonly options: Options;
  readonly args: readonly string[];
}

async function runFleet<Options extends DeclarationOptions>(
  context: CommandContext,
  single: Command<Options>,
  tasks: readonly Task<Options>[],
  format: string,
): Promise<ExitCode> {
  const { terminal, progress, signal } = context;
  const isText = format === 'text';
  const runs: InstanceRun[] = [];
  for (const task of tasks) {
    if (signal.aborted) break;
    progress.end();
    if (isText) terminal.out(`${runs.length > 0 ? '\n' : ''}=== ${task.instance} ===\n\n`);
    const run = await runOne(context, single, task, isText);
    runs.push(run);
    if (run.error !== undefined) terminal.err(`${task.instance}: ${describeError(run.error, task.options.verbose)}`);
  }
  const left = tasks.slice(runs.length).map(({ instance }) => instance);
  const exitCode = signal.aborted ? abortedCode(signal) : worstOf(runs.map((run) => run.exitCode));
  progress.end();
  terminal.out(fleetText(format, { runs, left, exitCode }));
  return exitCode;
}

async function runOne<Options extends DeclarationOptions>(
  context: CommandContext,
  single: Command<Options>,
  { instance, options, args }: Task<Options>,
  isText: boolean,
): Promise<InstanceRun> {
  let out = '';
  let summary: string | undefined;
  const say = (text: string): void => {
    out += text;
    if (isText) context.terminal.out(text);
  };
  const inner: CommandContext = {
    ...context,
    terminal: { ...context.terminal, out: say },
    summarise: (text) => void (summary = text),
  };
  try {
    const exitCode = await single.run(inner, options, args);
    return compact<InstanceRun>({ instance, exitCode, summary, out });
  } catch (error) {
    return { instance, exitCode: exitCodeOf(error), summary: firstLine(error), out, error };
  }
}

function firstLine(error: unknown): string {
  return describeError(error, false).split('\n')[0] ?? '';
}

interface Fleet {
  readonly runs: readonly InstanceRun[];
  /** Not begun, because the run was stopped. */
  readonly left: readonly string[];
  readonly exitCode: ExitCode;
}

function fleetText(format: string, fleet: Fleet): string {
  if (format === 'json') return `${JSON.stringify(fleetJson(fleet), null, 2)}\n`;
  if (format === 'sarif') return `${JSON.stringify(fleetSarif(fleet), null, 2)}\n`;
  if (format === 'markdown') return fleetMarkdown(fleet);
  const width = Math.max(...[...fleet.runs.map(({ instance }) => instance), ...fleet.left].map((name) => name.length));
  const lines = fleet.runs.map((run) => `${run.instance.padEnd(width)}  ${resultOf(run)}`);
  const stopped = fleet.left.map((instance) => `${instance.padEnd(width)}  not begun: the run was stopped`);
  return `\n=== ${headOf(fleet)} ===\n\n${[...lines, ...stopped].join('\n')}\n`;
}

function headOf({ runs, left }: Fleet): string {
  const fine = runs.filter(({ exitCode }) => exitCode === 0).length;
  return `${fine} of ${runs.length + left.length} Harbors OK`;
}

function resultOf({ exitCode, summary }: InstanceRun): string {
  const words = `${exitWords(exitCode)} (${exitCode})`;
  return summary === undefined ? words : `${words}: ${summary}`;
}

function fleetMarkdown(fleet: Fleet): string {
  const cell = (text: string): string => text.replace(/[|\\]/g, String.raw`\$&`).replace(/\s+/g, ' ');
  const rows = [
    ...fleet.runs.map((run) => `| ${cell(run.instance)} | ${cell(resultOf(run))} |`),
    ...fleet.left.map((instance) => `| ${cell(instance)} | not begun: the run was stopped |`),
  ];
  const table = ['| Harbor | result |', '| --- | --- |', ...rows].join('\n');
  const parts = fleet.runs.map(({ instance, out }) => `## ${instance}\n\n${out}`);
  return [`## ${headOf(fleet)}`, table, ...parts].join('\n\n');
}

function fleetJson({ runs, left, exitCode }: Fleet): object {
  const instances = runs.map(({ instance, exitCode: code, summary, out, error }) =>
    compact({
      instance,
      exitCode: code,
      summary,
      result: error === undefined ? parsed(out) : null,
      error: error === undefined ? undefined : errorOf(error),
    }),
  );
  return { schemaVersion: 1, exitCode, instances, notBegun: left };
}

function errorOf(error: unknown): Json {
  const document = JSON.parse(errorAsJson(error)) as Json;
  return isRecord(document) ? (document['error'] ?? null) : null;
}

function parsed(out: string): Json {
  try {
    return JSON.parse(out) as Json;
  } catch {
    return null;
  }
}

/** One document with a run for each Harbor: code scanners tell them apart by `automationDetails`. */
function fleetSarif({ runs }: Fleet): Json {
  const documents = runs.flatMap(({ instance, out }) => {
    const document = parsed(out);
    return isRecord(document) ? [{ instance, document }] : [];
  });
  const all = documents.flatMap(({ instance, document }) => {
    const own = document['runs'];
    return (Array.isArray(own) ? (own as readonly Json[]) : []).map((run) =>
      isRecord(run) ? { ...run, automationDetails: { id: `breakwater/${instance}` } } : run,
    );
  });
  return { ...(documents[0]?.document ?? { version: '2.1.0' }), runs: all };
}

const PLACEHOLDER = '{instance}';

/** `plan-{instance}.json` for one Harbor of several. @throws UsageError where the name would be the same for all */
export function fileFor(flag: string, file: string, instance: string): string {
  if (file.includes(PLACEHOLDER)) return file.replaceAll(PLACEHOLDER, instance);
  throw new UsageError(
    `${flag} ${file}: several Harbors cannot share one file`,
    `write ${PLACEHOLDER} into the name, such as plan-${PLACEHOLDER}.json`,
  );
}

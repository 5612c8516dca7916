import { compact } from '../compact';
import { describeError } from './render/error';
import type { InstanceRun } from './render/fleet';

/** Receives the results of the run for one Harbor. */
export interface InstanceResults {
  readonly out: (text: string) => void;
  readonly summarise: (text: string) => void;
}

/** What a command does around and in the run for one Harbor. */
export interface FleetSteps<Task, Code extends number> {
  readonly signal: AbortSignal;
  /** Before each run; `index` counts from 0. */
  readonly begin: (task: Task, index: number) => void;
  readonly run: (task: Task, results: InstanceResults) => Promise<Code>;
  readonly failed: (task: Task, error: unknown) => void;
  readonly codeOf: (error: unknown) => Code;
}

/** One run for each Harbor, one after the other, until the signal aborts. An error in one does not stop the others. */
export async function runForEach<Task extends { readonly instance: string }, Code extends number>(
  tasks: readonly Task[],
  steps: FleetSteps<Task, Code>,
): Promise<{
  readonly runs: readonly (InstanceRun & { readonly exitCode: Code })[];
  readonly left: readonly string[];
}> {
  const runs: (InstanceRun & { readonly exitCode: Code })[] = [];
  for (const [index, task] of tasks.entries()) {
    if (steps.signal.aborted) break;
    steps.begin(task, index);
    const run = await runOne(task, steps);
    runs.push(run);
    if (run.error !== undefined) steps.failed(task, run.error);
  }
  return { runs, left: tasks.slice(runs.length).map(({ instance }) => instance) };
}

/**
 * Never rejects: one instance that fails does not stop the others. Its exit code is the one that the command
 * alone would have.
 */
async function runOne<Task extends { readonly instance: string }, Code extends number>(
  task: Task,
  { run, codeOf }: FleetSteps<Task, Code>,
): Promise<InstanceRun & { readonly exitCode: Code }> {
  const { instance } = task;
  let out = '';
  let summary: string | undefined;
  try {
    const exitCode = await run(task, {
      out: (text) => void (out += text),
      summarise: (text) => void (summary = text),
    });
    return compact<InstanceRun & { readonly exitCode: Code }>({ instance, exitCode, summary, out });
  } catch (error) {
    const [firstLine = ''] = describeError(error, false).split('\n');
    return { instance, exitCode: codeOf(error), summary: firstLine, out, error };
  }
}

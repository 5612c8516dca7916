import { UsageError } from '../../errors';
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Invocation } from './steps';
import type { UpContext } from './context';

export interface ToolResult {
  /** 128 and more where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Output = 'shown' | 'kept';

/**
 * Starts a program in the directory of the command and waits for its end. What is shown goes to stderr: results of
 * the command itself are on stdout. An interrupt of the terminal reaches the program by itself, and a second one would
 * make Terraform leave its state behind unwritten: only a SIGTERM is handed on.
 * @throws UsageError where it cannot be started
 */
export function runTool(
  context: UpContext,
  { program, args, env, input }: Invocation,
  output: Output = 'shown',
): Promise<ToolResult> {
  const { cwd, signal, emit } = context;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...context.env, ...manners(context), ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    // A program that ends before it has read everything says so by its exit code.
    child.stdin?.on('error', () => undefined).end(input);
    const end = (): void => void (signal.reason === 'SIGTERM' && child.kill('SIGTERM'));
    signal.addEventListener('abort', end, { once: true });
    const kept = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]!.setEncoding('utf8').on('data', (text: string) => {
        if (output === 'shown') emit({ type: 'tool-output', text });
        else kept[stream] += text;
      });
    child.once('error', (cause) => reject(new UsageError(`${program} cannot be started: ${cause.message}`)));
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', end);
      resolve({ code: code ?? (killedBy === null ? 1 : 143), ...kept });
    });
  });
}

/** Terraform colors a pipe as well, and tells a person what to type next; neither belongs into a log. */
function manners({ env, colored }: UpContext): Record<string, string> {
  const plain = colored ? {} : { TF_CLI_ARGS: `${env['TF_CLI_ARGS'] ?? ''} -no-color`.trim() };
  return { TF_IN_AUTOMATION: '1', ...plain };
}

/** Whether a program of this name can be started. */
export async function isOnPath(program: string, { env }: Pick<UpContext, 'env'>): Promise<boolean> {
  if (program.includes('/')) return canExecute(program);
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = await Promise.all(folders.map((folder) => canExecute(join(folder, program))));
  return found.includes(true);
}

function canExecute(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

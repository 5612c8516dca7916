import { UsageError } from '../../errors';
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { commandLine, type Invocation } from './steps';
import type { UpContext } from './context';

/** Both outputs are empty if they were shown or logged. */
export interface ToolResult {
  /** 128 and more if a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Output = 'shown' | 'kept';

/** How often a slow program is reported as still running. */
const SAID_EVERY_MS = 15_000;

/**
 * Starts a program in the command's directory and waits for its end. Its output goes to stderr, because stdout is for
 * the results of the command itself. With a log, the output goes there, and its last lines are shown only if the
 * program fails. A terminal sends an interrupt to the program by itself, and a second one would make Terraform exit
 * without writing its state: only a SIGTERM is forwarded.
 * @throws UsageError if it cannot be started
 */
export function runTool(
  context: UpContext,
  invocation: Invocation,
  output: Output = 'shown',
  fine: readonly number[] = [0],
): Promise<ToolResult> {
  const { program, args, env, input } = invocation;
  const { cwd, signal, emit } = context;
  const log = output === 'shown' ? context.log : undefined;
  log?.begin(commandLine(invocation));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...context.env, ...manners(context), ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    if (output === 'shown') context.record?.child(child.pid, program);
    // A program that ends before it has read everything reports that by its exit code.
    child.stdin?.on('error', () => undefined).end(input);
    const end = (): void => void (signal.reason === 'SIGTERM' && child.kill('SIGTERM'));
    signal.addEventListener('abort', end, { once: true });
    const kept = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]!.setEncoding('utf8').on('data', (text: string) => {
        if (log) log.write(text);
        else if (output === 'shown') emit({ type: 'tool-output', text });
        else kept[stream] += text;
      });
    const startedAt = performance.now();
    const seconds = (): number => Math.round((performance.now() - startedAt) / 1_000);
    const timer =
      log &&
      setInterval(() => {
        emit({ type: 'tool-running', program, seconds: seconds(), line: log.tail().at(-1) ?? '' });
      }, SAID_EVERY_MS);
    child.once('error', (cause) => {
      clearInterval(timer);
      reject(new UsageError(`${program} cannot be started: ${cause.message}`));
    });
    child.once('close', (exit, killedBy) => {
      clearInterval(timer);
      signal.removeEventListener('abort', end);
      if (output === 'shown') context.record?.child(undefined, program);
      const code = exit ?? (killedBy === null ? 1 : 143);
      if (log && !fine.includes(code)) emit({ type: 'tool-failed', program, code, lines: log.tail(), log: log.file });
      resolve({ code, ...kept });
    });
  });
}

/** Terraform colors its output even for a pipe, and suggests commands; neither belongs in a log. Ansible asks whose lock it is. */
function manners({ env, colored, log, hostLock }: UpContext): Record<string, string> {
  const plain = colored && !log ? {} : { TF_CLI_ARGS: `${env['TF_CLI_ARGS'] ?? ''} -no-color`.trim() };
  const run = hostLock ? { BREAKWATER_RUN: hostLock.run } : {};
  return { TF_IN_AUTOMATION: '1', ...plain, ...run };
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

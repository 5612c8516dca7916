import { compact } from '../../compact';
import { execFile, type ExecFileException, type ExecFileOptionsWithStringEncoding } from 'node:child_process';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SecretError } from '../../errors';
import { fileFault } from '../../file-fault';
import { canonicalJson } from '../../json';
import type { SecretMask } from '../../outside/secret-mask';
import { describeSecretReference, type SecretReference } from '../../secret-reference';
import { escapeControls } from '../../escape-controls';
import { readUpTo, withFile } from '../files/regular-file';

/** Rejects with a SecretError; its message never contains a value. */
export type ResolveSecret = (reference: SecretReference) => Promise<string>;

/** Runs a program and returns its standard output. @throws SecretError */
export type RunCommand = (command: readonly string[]) => Promise<string>;

/** Everything from outside that a reference needs: the resolver itself reads no process. */
export interface SecretResolverOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory for relative files and for starting commands: the policies directory. */
  readonly baseDirectory: string;
  readonly runCommand?: RunCommand;
  /** Receives every resolved value. */
  readonly mask?: SecretMask;
  /** Timeout of a command in milliseconds. Default 30,000. */
  readonly commandTimeoutMs?: number;
  /** Ends running commands when the run is stopped. */
  readonly signal?: AbortSignal;
}

/** Larger than any key or token; a wrong path to a log or an archive must not be read into memory. */
const MAX_SECRET_BYTES = 64 * 1024;
const COMMAND_TIMEOUT_MS = 30_000;

/**
 * Resolves references on demand, each at most once in a run. No message contains a value.
 * @throws SecretError if a variable is unset or empty, a file cannot be read or is readable for others, or a command
 * fails or prints nothing
 */
export function createSecretResolver(options: SecretResolverOptions): ResolveSecret {
  const run = options.runCommand ?? commandRunner(options);
  const resolved = new Map<string, Promise<string>>();
  const remembered = (value: string): string => {
    options.mask?.remember(value);
    return value;
  };
  return (reference) => {
    const key = canonicalJson(reference);
    const value = resolved.get(key) ?? resolveOnce(reference, options, run).then(remembered);
    resolved.set(key, value);
    return value;
  };
}

/**
 *      { env: NAME }            as it is; unset or empty is an error
 *      { file: PATH }           without one line break at the end; mode 0600 or less
 *      { command: [PROGRAM] }   its standard output, without one line break at the end
 */
async function resolveOnce(
  reference: SecretReference,
  options: SecretResolverOptions,
  run: RunCommand,
): Promise<string> {
  if ('env' in reference) return fromEnvironment(reference.env, options.env);
  const isFile = 'file' in reference;
  const text = isFile ? await fromFile(resolve(options.baseDirectory, reference.file)) : await run(reference.command);
  // Editors and programs end their text with a line break, but no secret of Harbor does.
  const value = text.replace(/\r?\n$/, '');
  if (value !== '') return value;
  const code = isFile ? 'SECRET_UNREADABLE' : 'SECRET_COMMAND';
  throw new SecretError(`${describeSecretReference(reference)} is empty`, code);
}

function fromEnvironment(name: string, env: SecretResolverOptions['env']): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  const state = value === undefined ? 'is not set' : 'is empty';
  throw new SecretError(`the environment variable ${name} ${state}`, 'SECRET_UNSET');
}

async function fromFile(file: string): Promise<string> {
  try {
    return await withFile(file, (handle, stat) => readPrivate(file, handle, stat));
  } catch (error) {
    if (error instanceof SecretError) throw error;
    const message = `the secret file ${file} cannot be read: ${fileFault(error)}`;
    throw new SecretError(message, 'SECRET_UNREADABLE', { cause: error });
  }
}

/** For a link, the mode of its target counts, because that is the opened file. */
async function readPrivate(file: string, handle: FileHandle, stat: Stats): Promise<string> {
  if (!stat.isFile()) throw new SecretError(`the secret file ${file} is not a regular file`, 'SECRET_UNREADABLE');
  if ((stat.mode & 0o077) !== 0) {
    const mode = (stat.mode & 0o777).toString(8).padStart(4, '0');
    const message = `the secret file ${file} has mode ${mode}, so others can read it (chmod 600 ${file})`;
    throw new SecretError(message, 'SECRET_PERMISSIONS');
  }
  const bytes = await readUpTo(handle, MAX_SECRET_BYTES);
  if (bytes.length <= MAX_SECRET_BYTES) return bytes.toString('utf8');
  throw new SecretError(`the secret file ${file} has more than ${MAX_SECRET_BYTES} bytes`, 'SECRET_UNREADABLE');
}

/** Without a shell: a policy file can only contain a program and its arguments. */
function commandRunner({
  env,
  baseDirectory,
  commandTimeoutMs = COMMAND_TIMEOUT_MS,
  mask,
  signal,
}: SecretResolverOptions): RunCommand {
  const limits = { timeout: commandTimeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_SECRET_BYTES } as const;
  const options = compact<ExecFileOptionsWithStringEncoding>({
    cwd: baseDirectory,
    env: { ...env },
    ...limits,
    signal,
    encoding: 'utf8',
  });
  return async ([program = '', ...parameters]) =>
    new Promise((succeed, fail) => {
      const child = execFile(program, parameters, options, (error, stdout, stderr) => {
        if (!error) return succeed(stdout);
        // Its output may already contain the secret, and its error message may repeat it.
        mask?.remember(stdout.trim());
        fail(commandFailed(program, error, mask?.mask(stderr) ?? stderr));
      });
      // A program that asks for a passphrase gets an end of file instead of waiting for the timeout.
      child.stdin?.on('error', () => undefined).end();
    });
}

/** The error is not passed on as a cause: its message contains the arguments, its fields the output. */
function commandFailed(program: string, error: ExecFileException, stderr: string): SecretError {
  const message = `the secret command ${program} ${howItEnded(error)}${firstWords(stderr)}`;
  return new SecretError(message, 'SECRET_COMMAND');
}

function howItEnded({ code, signal, killed }: Omit<ExecFileException, 'code'> & { code?: unknown }): string {
  if (String(code) === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `printed more than ${MAX_SECRET_BYTES} bytes`;
  if (code === 'ABORT_ERR') return 'was stopped';
  if (killed === true) return 'took too long';
  if (typeof code === 'string') return `could not be started (${String(code)})`;
  return signal ? `was killed by ${signal}` : `failed with exit code ${String(code)}`;
}

/** Enough to distinguish "permission denied" from "no such key", but too short for a dump of the environment. */
function firstWords(stderr: string): string {
  const line = escapeControls(stderr.trim().split('\n')[0] ?? '');
  if (line === '') return '';
  return `: ${line.length > 120 ? `${line.slice(0, 119)}…` : line}`;
}

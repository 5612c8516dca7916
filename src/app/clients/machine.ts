import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FoundFile } from '../../clients';
import type { AppContext } from '../context';

/** Both outputs, whatever the code is: clients write their reasons to either. */
export interface ProgramResult {
  /** 127 also if the program cannot be started, or was ended by a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machine that a client runs on: this one, or another one over ssh. */
export interface Machine {
  readonly name: string;
  readonly isHere: boolean;
  /** The files that match; `*` matches one name. Missing ones are not in the list. */
  read(patterns: readonly string[]): Promise<FoundFile[]>;
  /** Has a timeout; never throws: a program that cannot be started counts as failed. */
  run(words: readonly string[], input?: string): Promise<ProgramResult>;
  /** undefined: not known. */
  isReadable(path: string): boolean | undefined;
}

const TIMEOUT_MS = 180_000;
const MAX_OUTPUT_BYTES = 8 << 20;
const MAX_FILE_BYTES = 1 << 20;

/** @param root directory in which the client's files are searched, instead of `/` */
export function thisMachine(context: AppContext, root = '/'): Machine {
  const place = (path: string): string => (root === '/' ? path : join(root, path));
  const onMachine = (path: string): string => (root === '/' ? path : path.slice(join(root, '/').length - 1));
  return {
    name: hostname(),
    isHere: true,
    read: async (patterns) => {
      const paths = (await Promise.all(patterns.map((pattern) => expand(place(pattern))))).flat();
      const found = await Promise.all([...new Set(paths)].sort().map(readFound));
      return found.flatMap((file) => (file ? [{ ...file, path: onMachine(file.path) }] : []));
    },
    run: (words, input) => runProgram(context, words, input),
    isReadable: (path) => readableHere(place(path)),
  };
}

/** Over ssh, without prompts: a host that needs a password or has an unknown key fails. */
export function machineOverSsh(context: AppContext, host: string): Machine {
  const run = (words: readonly string[], input?: string): Promise<ProgramResult> =>
    runProgram(
      context,
      ['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', host, '--', ...words.map(quoted)],
      input,
    );
  return {
    name: host.replace(/^.*@/, ''),
    isHere: false,
    run,
    read: async (patterns) => {
      const list = 'for f in "$@"; do for g in $f; do [ -f "$g" ] && stat -c "%a %n" "$g"; done; done; true';
      const listed = await run(['sh', '-c', list, 'sh', ...patterns]);
      if (listed.code !== 0) return [];
      const lines = [...new Set(listed.stdout.split('\n').filter((line) => line !== ''))];
      const modes = new Map(lines.map((line) => [line.replace(/^\S+ /, ''), Number.parseInt(line, 8)]));
      const files: FoundFile[] = [];
      for (const path of [...modes.keys()].sort()) {
        const mode = modes.get(path)!;
        const { code, stdout } = isKey(path)
          ? { code: 1, stdout: '' }
          : await run(['head', '-c', String(MAX_FILE_BYTES), path]);
        files.push(code === 0 ? { path, mode, content: stdout } : { path, mode });
      }
      return files;
    },
    isReadable: () => undefined,
  };
}

/**
 * Never rejects. 127, as in a shell, stands for a program that could not be started, and also for one that was
 * killed.
 */
function runProgram(
  { env, cwd, signal }: AppContext,
  [program = '', ...args]: readonly string[],
  input?: string,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const options = { cwd, env, signal, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve({ code: 0, stdout, stderr });
      const said =
        error.killed === true ? `${program} timed out after ${TIMEOUT_MS / 1_000} s` : stderr || error.message;
      resolve({ code: typeof error.code === 'number' ? error.code : 127, stdout, stderr: said });
    });
    // A program that does not read its input reports that by its exit code.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** Each `*` matches within one name, as in a shell; folders that cannot be read contain nothing. */
async function expand(pattern: string): Promise<string[]> {
  const at = pattern.indexOf('*');
  if (at === -1) return existsSync(pattern) ? [pattern] : [];
  const start = pattern.lastIndexOf('/', at) + 1;
  const end = pattern.indexOf('/', at);
  const folder = pattern.slice(0, start);
  const segment = end === -1 ? pattern.slice(start) : pattern.slice(start, end);
  const rest = end === -1 ? '' : pattern.slice(end);
  const names = await readdir(folder).catch((): string[] => []);
  const matching = names.filter((name) => matches(segment, name)).map((name) => `${folder}${name}${rest}`);
  return (await Promise.all(matching.map(expand))).flat();
}

function matches(segment: string, name: string): boolean {
  const expression = segment.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${expression.join('.*')}$`).test(name);
}

/** No rule reads a private key. */
function isKey(path: string): boolean {
  return path.endsWith('.key');
}

/**
 * A key, or a file that is too large, is known to exist but is not read. Undefined for a directory. A path that
 * cannot be read has no content and no mode.
 */
async function readFound(path: string): Promise<FoundFile | undefined> {
  try {
    const { mode, size } = await stat(path);
    const isFile = statSync(path).isFile();
    if (!isFile) return undefined;
    if (size > MAX_FILE_BYTES || isKey(path)) return { path, mode: mode & 0o7777 };
    return { path, mode: mode & 0o7777, content: await readFile(path, 'utf8') };
  } catch {
    return { path };
  }
}

/** The user who runs this may not be the client's user: a file that only this user cannot read counts as unknown. */
function readableHere(path: string): boolean | undefined {
  if (!existsSync(path)) return false;
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return undefined;
  }
}

/** For the shell of the other machine: ssh joins its arguments with spaces. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

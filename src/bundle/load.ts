import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/**
 * The commands that are used most, as one script with its bytecode: finding, reading and compiling their 400 to
 * 600 modules takes more time than everything else that they do before their first request.
 *
 *     dist/bundle/about.json                which script, for which commands, of which build
 *     dist/bundle/cli-HASH.js               a function around all modules
 *     dist/bundle/cli-HASH.PART.compiled    its bytecode; another version of Node ignores it and compiles
 *
 * scripts/bundle writes it. The names have the hash of the script because V8 itself compares only its length.
 */
export const BUNDLE_FOLDER = join(__dirname, '../../bundle');

/** What a command executes of the script: reading the bytecode of both takes a third longer than that of one. */
export type Part = 'declare' | 'prove';

/** about.json. `build` is that of the modules that went into the script: with other modules it is not used. */
export interface AboutBundle {
  readonly hash: string;
  readonly commands: Readonly<Record<string, Part>>;
  readonly build: number | undefined;
  /** Hash of the list of the installed packages: the bundle contains some of them. */
  readonly installed?: string | undefined;
}

/** The compiler writes this file with every change. A package does not contain it. */
export function buildOf(folder: string): number | undefined {
  return statSync(join(folder, '../.tsbuildinfo'), { throwIfNoEntry: false })?.mtimeMs;
}

/** @param hash of the script, from about.json */
export function scriptFile(folder: string, hash: string): string {
  return join(folder, `cli-${hash}.js`);
}

/** Beside the script: they are written together. */
export function compiledFile(folder: string, hash: string, part: Part): string {
  return join(folder, `cli-${hash}.${part}.compiled`);
}

/** @returns undefined if the command is not in the bundle, or the bundle is missing or older than the modules */
export function bundledProgram(words: readonly string[], folder = BUNDLE_FOLDER): unknown {
  const about = readIfThere(join(folder, 'about.json'));
  if (!about) return undefined;
  const { hash, commands, build } = JSON.parse(about.toString('utf8')) as AboutBundle;
  const command = words.find((word) => !word.startsWith('-'));
  const part = command === undefined || !Object.hasOwn(commands, command) ? undefined : commands[command];
  if (part === undefined || (buildOf(folder) ?? build) !== build) return undefined;
  const script = compile(folder, hash, part);
  return script && execute(script, scriptFile(folder, hash));
}

/** Undefined if a build has removed the script meanwhile. Bytecode that V8 rejects is ignored, and the text compiled. */
export function compile(folder: string, hash: string, part: Part): Script | undefined {
  const filename = scriptFile(folder, hash);
  const cachedData = readIfThere(compiledFile(folder, hash, part));
  const source = readIfThere(filename);
  if (!source) return undefined;
  return new Script(source.toString('latin1'), {
    filename,
    cachedData,
  });
}

type Wrapper = (exports: object, require: NodeJS.Require, module: object, file: string, folder: string) => void;

/** Calls the function around all modules, as `require` would. @returns its exports */
export function execute(script: Script, file: string): unknown {
  const module = { exports: {} };
  (script.runInThisContext() as Wrapper)(module.exports, createRequire(file), module, file, dirname(file));
  return module.exports;
}

/** A build may replace the bundle at any time. */
function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

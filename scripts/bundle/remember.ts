import { existsSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type * as Program from '../../src/cli/program';
import { ExitCode } from '../../src/cli/exit-code';
import { BY_ROBOT } from './policies';
import { BUNDLE_FOLDER, compile, execute, scriptFile, type Part } from '../../src/bundle/load';

export interface Work {
  readonly hash: string;
  readonly part: Part;
  /** The file for what V8 compiled. */
  readonly to: string;
  /** With policies.yaml. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Findings are no failure: the stand-ins are reached by http, which rules forbid. */
const FAILURES: readonly number[] = [ExitCode.error, ExitCode.unreachable];
/** What it finds depends on how busy this machine is. */
const JUDGED = ['conform', 'health'];

/** Of each part, all that its commands usually execute. Those of `prove` find what `apply` created. */
const LINES: Readonly<Record<Part, readonly (readonly string[])[]>> = {
  declare: [
    ['validate'],
    ['apply', '--yes'],
    ['plan'],
    ['plan', '--format', 'json'],
    ['drift'],
    ['plan', '--overlay', BY_ROBOT],
  ],
  prove: [['conform', '--time-scale', '0.003', '--report', 'report'], ['health']],
};

/** In a process of its own, with the flags that the program is started with. */
async function main({ hash, part, to, folder, env }: Work): Promise<void> {
  // Otherwise V8 forgets what was not used for a while.
  setFlagsFromString('--no-flush-bytecode');
  process.chdir(folder);
  const script = compile(BUNDLE_FOLDER, hash, part)!;
  const { run } = execute(script, scriptFile(BUNDLE_FOLDER, hash)) as typeof Program;
  const printed: string[] = [];
  const note = (text: string): void => void printed.push(text);
  const terminal = {
    ...{ out: note, err: note, clearLine() {}, env, cwd: folder },
    ...{ live: false, colour: false, columns: 100 },
  };
  for (const words of LINES[part]) {
    const code = await run([...words, '--policies', folder], terminal, new AbortController().signal);
    if (FAILURES.includes(code) && !JUDGED.includes(words[0]!))
      throw new Error(`${words.join(' ')} ended with ${code}\n${printed.join('')}`);
  }
  if (part === 'prove' && !existsSync('report/report.json'))
    throw new Error(`conform wrote no report\n${printed.join('')}`);
  setFlagsFromString('--flush-bytecode');
  writeFileSync(to, script.createCachedData());
}

void main(JSON.parse(process.argv[2]!) as Work);

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../src/cli/run';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process, as `main.ts` does, and keeps what it says. */
export async function cli(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = process.cwd(),
): Promise<CliResult> {
  let out = '';
  let err = '';
  const code = await run(
    withOwnJournal(argv),
    {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      env,
      cwd,
      live: false,
      colour: false,
      columns: 100,
      clearLine: () => {},
    },
    new AbortController().signal,
  );
  return { code, out, err };
}

/** Suites run side by side in one directory, and one run at a time works with a journal. */
function withOwnJournal(argv: readonly string[]): readonly string[] {
  const [command = ''] = argv;
  if (!['plan', 'apply', 'drift'].includes(command) || argv.includes('--journal')) return argv;
  own ??= join(directoryWith({}), 'journal.jsonl');
  return [command, '--journal', own, ...argv.slice(1)];
}

let own: string | undefined;

/** A directory with these files, gone after the test file. */
export function directoryWith(files: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), 'breakwater-test-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  made.push(root);
  return root;
}

const made: string[] = [];

afterAll(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

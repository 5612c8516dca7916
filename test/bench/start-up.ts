import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { inTurn, ratio } from './measure';

const run = promisify(execFile);
const MAIN = resolve(__dirname, '../../src/cli/main.js');

/** `breakwater --help` beside a Node that does nothing. */
export async function startUp(): Promise<string[]> {
  const help = async (): Promise<void> => void (await run(process.execPath, [MAIN, '--help']));
  const nothing = async (): Promise<void> => void (await run(process.execPath, ['-e', '0']));
  const { ours, theirs } = await inTurn(9, help, nothing);
  return [
    `breakwater --help  ${ours.toFixed(0)} ms`,
    `node -e 0          ${theirs.toFixed(0)} ms  (${ratio(ours, theirs)})`,
  ];
}

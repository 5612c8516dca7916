import { createInterface } from 'node:readline/promises';
import type { CommandContext } from './command';

/** Whether a person is here to be asked. */
export function canAsk({ terminal }: CommandContext): boolean {
  return terminal.live && process.stdin.isTTY;
}

/** @returns true only for a written "yes". @throws AbortError when the run is stopped */
export async function askYes({ progress, signal }: CommandContext, question: string): Promise<boolean> {
  progress.end();
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const closed = new Promise<string>((fulfil) => void prompt.once('close', () => fulfil('')));
    const answer = prompt.question(`${question} Type "yes" to continue: `, { signal });
    return (await Promise.race([answer, closed])).trim() === 'yes';
  } catch (error) {
    // Ctrl-C at the prompt is an answer: no.
    if (!signal.aborted && (error as Error).name === 'AbortError') return false;
    throw error;
  } finally {
    prompt.close();
  }
}

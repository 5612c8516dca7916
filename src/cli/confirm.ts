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
    return (await prompt.question(`${question} Only "yes" is taken: `, { signal })).trim() === 'yes';
  } finally {
    prompt.close();
  }
}

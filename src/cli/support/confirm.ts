import { createInterface } from 'node:readline/promises';
import type { CommandContext } from '../command';

/** Whether a person can answer. */
export function canAsk({ terminal }: CommandContext): boolean {
  return terminal.live && process.stdin.isTTY;
}

/** @returns true only for a typed "yes". @throws AbortError if the run is stopped */
export async function askYes(context: CommandContext, question: string): Promise<boolean> {
  return (await askText(context, `${question} Type "yes" to continue: `)) === 'yes';
}

/** @returns the answer; undefined if the person cancelled the prompt. @throws AbortError if the run is stopped */
export async function askText({ progress, signal }: CommandContext, prompt: string): Promise<string | undefined> {
  progress.end();
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const closed = new Promise<undefined>((fulfil) => void lines.once('close', () => fulfil(undefined)));
    return (await Promise.race([lines.question(prompt, { signal }), closed]))?.trim();
  } catch (error) {
    // Ctrl-C at the prompt means no.
    if (!signal.aborted && (error as Error).name === 'AbortError') return undefined;
    throw error;
  } finally {
    lines.close();
  }
}

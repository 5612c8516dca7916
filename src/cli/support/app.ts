import type { AppContext } from '../../app/context';
import type { AppEvent } from '../../app/events';
import { commonWords } from '../../app/render/events';
import type { Said, Words } from '../../app/render/said';
import type { CommandContext, CommonOptions } from '../command';
import { paintFor } from '../../app/render/paint';

/**
 * The context of a use case: its events become lines on stderr, and results on stdout.
 * @param more texts for events that only this command has
 */
export function appFor(
  context: CommandContext,
  { quiet }: Pick<CommonOptions, 'quiet'>,
  more: Partial<Words<AppEvent>> = {},
): AppContext {
  const { terminal, secrets, signal } = context;
  const paint = paintFor(terminal.errColour ?? terminal.live);
  const words: Partial<Words<AppEvent>> = { ...commonWords({ paint, quiet }), ...more };
  const emit = (event: AppEvent): void =>
    (words[event.type] as ((event: AppEvent) => readonly Said[]) | undefined)?.(event).forEach((said) =>
      tell(context, said),
    );
  return { env: terminal.env, cwd: terminal.cwd, pid: process.pid, signal, secrets, emit };
}

function tell({ terminal, progress }: Pick<CommandContext, 'terminal' | 'progress'>, said: Said): void {
  if (said.to === 'step') return progress.step(said.done, said.total, said.text);
  if (said.to === 'stage' || said.to === 'line') return progress[said.to](said.text);
  progress.end();
  terminal[said.to](said.text);
}

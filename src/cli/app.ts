import type { AppContext } from '../app/context';
import type { AppEvent } from '../app/events';
import type { CommandContext, CommonOptions } from './command';
import { commonWords, type Words } from './render/events';

/**
 * The context of a use case: its events become lines on stderr.
 * @param more words for events that only this command has
 */
export function appFor(
  { terminal, progress, secrets, signal }: CommandContext,
  { quiet }: Pick<CommonOptions, 'quiet'>,
  more: Partial<Words<AppEvent>> = {},
): AppContext {
  const words: Partial<Words<AppEvent>> = { ...commonWords({ terminal, progress, quiet }), ...more };
  const emit = (event: AppEvent): void => (words[event.type] as ((event: AppEvent) => void) | undefined)?.(event);
  return { env: terminal.env, cwd: terminal.cwd, signal, secrets, emit };
}

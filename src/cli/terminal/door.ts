import type { SecretMask } from '../../outside/secret-mask';
import { shownText } from '../../outside/shown-text';
import type { Terminal } from './terminal';

/**
 * A terminal whose every text has passed the one door: no secret of this run, no control character but our own colors,
 * no line that a CI system takes for a command. What is already clean goes through as it is.
 */
export function behindDoor(terminal: Terminal, secrets: SecretMask): Terminal {
  return {
    ...terminal,
    out: (text) => terminal.out(shownText(text, secrets, terminal.colour)),
    err: (text) => terminal.err(shownText(text, secrets, terminal.errColour ?? terminal.live)),
  };
}

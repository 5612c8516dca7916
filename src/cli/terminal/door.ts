import type { SecretMask } from '../../outside/secret-mask';
import { shownText } from '../../outside/shown-text';
import type { Terminal } from './terminal';

/**
 * A terminal that filters every text: no secret of this run, no control character except our own colors, no line that a
 * CI system would execute as a command. Clean text is passed on unchanged.
 */
export function behindDoor(terminal: Terminal, secrets: SecretMask): Terminal {
  return {
    ...terminal,
    out: (text) => terminal.out(shownText(text, secrets, terminal.colour)),
    err: (text) => terminal.err(shownText(text, secrets, terminal.errColour ?? terminal.live)),
  };
}

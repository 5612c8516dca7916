import { progressLine } from '../../app/render/progress-line';
import { printable } from '../../outside/printable';
import type { Terminal } from './terminal';

/** Progress for a person during long work. */
export interface Progress {
  /** A new stage. */
  stage(title: string): void;
  /** Progress of the stage; redrawn on a terminal, printed now and then elsewhere. */
  step(done: number, total: number, what: string): void;
  /** A line that stays. */
  line(text: string): void;
  /** Clears the live line. */
  end(): void;
}

const PLAIN_LINE_EVERY_MS = 5_000;

export function progressFor(terminal: Terminal, quiet: boolean, now: () => number = Date.now): Progress {
  if (quiet) return { stage: () => {}, step: () => {}, line: () => {}, end: () => {} };
  return terminal.live ? liveProgress(terminal) : plainProgress(terminal, now);
}

/** One line at the bottom that is rewritten in place; other lines scroll above it. */
function liveProgress(terminal: Terminal): Progress {
  let drawn = '';
  const clear = (): void => {
    if (drawn) terminal.clearLine();
    drawn = '';
  };
  return {
    stage(title) {
      clear();
      terminal.err(`${title}\n`);
    },
    step(done, total, what) {
      const text = progressLine(done, total, printable(what), terminal.columns - 1);
      if (text === drawn) return;
      terminal.clearLine();
      terminal.err(text);
      drawn = text;
    },
    line(text) {
      clear();
      terminal.err(`  ${text}\n`);
    },
    end: clear,
  };
}

/** For logs: one line per stage, and one every few seconds to show that it is still running. */
function plainProgress(terminal: Terminal, now: () => number): Progress {
  let last = now();
  return {
    stage(title) {
      last = now();
      terminal.err(`${title}\n`);
    },
    step(done, total, what) {
      if (now() - last < PLAIN_LINE_EVERY_MS) return;
      last = now();
      terminal.err(`  ${done}/${total} ${printable(what)}\n`);
    },
    line: (text) => terminal.err(`  ${text}\n`),
    end: () => {},
  };
}

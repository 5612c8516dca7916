import { printable } from '../../outside/printable';
import { progressLine } from './progress-line';

/** What progress needs of a terminal. */
export interface ProgressOutput {
  readonly err: (text: string) => void;
  readonly clearLine: () => void;
  /** It can redraw a line: a person is watching, not a log. */
  readonly live: boolean;
  readonly columns: number;
}

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

/** Often enough for a CI job that is killed after minutes without output, and rare enough for its log. */
const PLAIN_LINE_EVERY_MS = 5_000;

/**
 *      --quiet              nothing; errors and results still appear
 *      a live terminal      one line that is redrawn:   [==== ] 2/4 project/proxy.docker.io
 *      a log                a line for each stage, and one every few seconds
 */
export function progressFor(terminal: ProgressOutput, quiet: boolean, now: () => number = Date.now): Progress {
  if (quiet) return { stage: () => {}, step: () => {}, line: () => {}, end: () => {} };
  return terminal.live ? liveProgress(terminal) : plainProgress(terminal, now);
}

/** One line at the bottom that is rewritten in place; other lines scroll above it. */
function liveProgress(terminal: ProgressOutput): Progress {
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
function plainProgress(terminal: ProgressOutput, now: () => number): Progress {
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

/** The parts of the process that a command may use. The only access to stdout, stderr and the environment. */
export interface Terminal {
  /** Results. With `--format json` exactly one document. */
  readonly out: (text: string) => void;
  /** Messages and progress. */
  readonly err: (text: string) => void;
  /** Clears the line of stderr that is being redrawn; only if `live`. */
  readonly clearLine: () => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** stderr is an interactive terminal: progress may redraw lines. */
  readonly live: boolean;
  /** stdout supports color. */
  readonly colour: boolean;
  /** stderr supports color. Absent: the same as `live`. */
  readonly errColour?: boolean;
  readonly columns: number;
}

/** The real one. CI systems have terminals that cannot redraw a line, so `CI` counts as not live. */
export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    clearLine: () => void stderr.write('\r\u001b[2K'),
    env,
    cwd: process.cwd(),
    live: stderr.isTTY === true && env['CI'] === undefined && env['TERM'] !== 'dumb',
    colour: takesColour(env, stdout.isTTY === true),
    errColour: takesColour(env, stderr.isTTY === true),
    columns: stderr.columns || 100,
  };
}

/** FORCE_COLOR wins, as for Node itself: CI systems show colors although they are not terminals. */
export function takesColour(env: Terminal['env'], isTerminal: boolean): boolean {
  const forced = env['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0' && forced !== 'false';
  return isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

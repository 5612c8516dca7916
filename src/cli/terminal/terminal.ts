/** Everything a command may touch of the process it runs in. The only door to stdout, stderr and the environment. */
export interface Terminal {
  /** Results. With `--format json` one document and nothing else. */
  readonly out: (text: string) => void;
  /** Messages and progress. */
  readonly err: (text: string) => void;
  /** Empties the line of stderr that is being redrawn; only where `live`. */
  readonly clearLine: () => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** stderr is a person's terminal: progress may redraw lines. */
  readonly live: boolean;
  /** stdout takes colour. */
  readonly colour: boolean;
  /** stderr takes colour. Absent: where `live`. */
  readonly errColour?: boolean;
  readonly columns: number;
}

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

/** FORCE_COLOR wins, as for Node itself: CI systems show colors and are no terminal. */
export function takesColour(env: Terminal['env'], isTerminal: boolean): boolean {
  const forced = env['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0' && forced !== 'false';
  return isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

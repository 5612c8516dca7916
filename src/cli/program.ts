import { setFlagsForShortRuns } from '../bundle/heap';
import { commands } from './commands';
import { run } from './run';
import { processTerminal } from './terminal/terminal';

export { run };

/** For the benchmark, which measures the bundle. */
export const checks = async () => (await import('../app/prove.js')).checks;

/** The first signal requests an orderly end, the second one ends at once. */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const [name, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code);
      process.stderr.write(`\n${name}: finishing requests in progress; repeat to stop immediately\n`);
      controller.abort(name);
    });
  }
  return controller.signal;
}

/** An output error must neither end a run nor lose its exit code. A closed pipe, as with `| head`, is not an error. */
function noteLostOutput(): () => boolean {
  let lost = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || lost) return;
    lost = true;
    process.stderr.write(`error: standard output cannot be written: ${error.message}\n`);
  });
  return () => lost;
}

/** Loads the called command, if there is one, and then sets V8's flags for it. */
async function loaded(words: readonly string[]): Promise<void> {
  const word = words.find((one) => !one.startsWith('-'));
  const called = commands.find(({ name }) => name === word);
  await called?.load();
  if (called) setFlagsForShortRuns(called.name);
}

/** Runs the command line of this process. */
export function start(): void {
  const words = process.argv.slice(2);
  const outputIsLost = noteLostOutput();
  const signal = abortOnSignals();
  void loaded(words)
    .then(() => run(words, processTerminal(), signal))
    .then((code) => (process.exitCode = code));
  // A write error is reported later: perhaps after the run has ended.
  process.on('exit', () => {
    if (process.exitCode === 0 && outputIsLost()) process.exitCode = 1;
  });
}

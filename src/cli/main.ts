#!/usr/bin/env node
import { run } from './run';
import { processTerminal } from './terminal';

/** The first signal asks for an orderly end, the second one ends at once. */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code);
      process.stderr.write(`\n${name}: finishing what is in flight; once more ends at once\n`);
      controller.abort(name);
    });
  }
  // `breakwater plan | head` closes our stdout: that is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return controller.signal;
}

void run(process.argv.slice(2), processTerminal(), abortOnSignals()).then((code) => {
  process.exitCode = code;
});

'use strict';

/** Ends a test run with one line that CI can read: `N passed, N failed`; what was skipped stands in the line before. */
class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    // A suite that could not even load has no failed test of its own: count it, or a broken file would go unseen.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const lines = [
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
      `${results.numPassedTests} passed, ${failed} failed`,
    ];
    process.on('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
  }
}

module.exports = ClosingLineReporter;

'use strict';

/** Ends a test run with one line that CI can read: `N passed, N failed`, with `, N skipped` where something was. */
class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    // A suite that could not even load has no failed test of its own: count it, or a broken file would go unseen.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    this.line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    process.on('exit', () => process.stdout.write(`${this.line}\n`));
  }
}

module.exports = ClosingLineReporter;

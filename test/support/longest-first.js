'use strict';

const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * On a clean checkout Jest knows no times and starts the largest files first. The longest suites are small files: begun
 * last, they would run alone, with a core that has nothing to do.
 */
const LONGEST = [
  'verdicts/verdicts.test.ts',
  'fidelity/fidelity.test.ts',
  'unit/conformance/scenarios/upstream.test.ts',
  'unit/conformance/faults.test.ts',
  'integration/demo-stress.test.ts',
  'house.test.ts',
  'integration/drift.test.ts',
  'integration/answers-with-a-key-missing.test.ts',
  'integration/package.test.ts',
  'integration/clean-runs.test.ts',
  'call-budget/bulk.test.ts',
  'integration/warm.test.ts',
  'integration/stopped-run.test.ts',
  'property/all-kinds.test.ts',
  'unit/conformance/twelve-faults.test.ts',
];

module.exports = class extends Sequencer {
  async sort(tests) {
    const rankOf = ({ path }) =>
      (LONGEST.findIndex((name) => path.endsWith(`/test/${name}`)) + LONGEST.length + 1) % (LONGEST.length + 1);
    const sorted = await super.sort(tests);
    return sorted
      .map((test) => [rankOf(test), test])
      .sort(([a], [b]) => a - b)
      .map(([, test]) => test);
  }
};

'use strict';

const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * On a clean checkout Jest knows no times and starts the largest files first. The longest suites are small files: begun
 * last, they would run alone, with a core that has nothing to do.
 */
const LONGEST = [
  'verdicts/verdicts.test.ts',
  'integration/up-killed.test.ts',
  'integration/demo-stress.test.ts',
  'integration/up.test.ts',
  'integration/mirror-shield.test.ts',
  'integration/shield-conformance.test.ts',
  'unit/conformance/scenarios/upstream.test.ts',
  'browser/conformance-report.test.ts',
  'fidelity/fidelity.test.ts',
  'unit/conformance/faults.test.ts',
  'unit/conformance/twelve-faults.test.ts',
  'unit/conformance/checks/policy.test.ts',
  'integration/package.test.ts',
  'integration/adopt.test.ts',
  'integration/warm.test.ts',
  'unit/ansible/harbor-pair-secrets.test.ts',
  'integration/clean-runs.test.ts',
  'integration/canary.test.ts',
  'unit/declaration/yaml/hostile.test.ts',
  'integration/ci-examples.test.ts',
  'house.test.ts',
  'integration/up-plan.test.ts',
  'integration/real-clients/real-clients.test.ts',
  'integration/stopped-run.test.ts',
  'integration/health.test.ts',
  'unit/sandbox/routes/replications.test.ts',
  'integration/images.test.ts',
  'call-budget/bulk.test.ts',
  'integration/answers-with-a-key-missing.test.ts',
  'integration/drift.test.ts',
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

const all = require('./jest.config.js');

/**
 * `npm run test:fast`: unit tests, architecture and reference pages, in about a minute on two idle cores. What plays
 * Harbor's waits, starts other programs, builds whole stacks or tries thousands of inputs runs in `npm test` only.
 * @type {import('jest').Config}
 */
module.exports = {
  ...all,
  testMatch: [
    '<rootDir>/test/architecture.test.ts',
    '<rootDir>/test/reference.test.ts',
    '<rootDir>/test/unit/**/*.test.ts',
  ],
  testPathIgnorePatterns: [
    'test/unit/(?:ansible|sandbox|stacks)/',
    'test/unit/conformance/(?:checks|scenarios)/',
    'test/unit/conformance/(?:artifact|budget/rate-budget|cause/cause|faults|footprint|realm|run/runner|sandbox|twelve-faults)\\.test',
    'test/unit/(?:declaration/yaml|inventory)/hostile\\.test',
    'test/unit/declaration/(?:mutation|odd-values|schema/used-schema)\\.test',
    'test/unit/conformance/report/(?:large|terrible-night)\\.test',
    'test/unit/(?:deploy/harbor-settings|deploy/load-environment|export/always-written|export/write-policies|import/terraform|inventory/rewrite)\\.test',
    'test/unit/(?:canary/canary|index|rules/rules)\\.test',
    'test/unit/harbor/(?:against-sandbox|damaged-answers|pages)\\.test',
  ],
};

const all = require('./jest.config.js');

/**
 * `npm run test:fast`: what is proven without waiting. Tests that play Harbor's waits, start servers of other programs or
 * build whole stacks take minutes together; they run in `npm test`.
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
    'test/unit/conformance/(?:checks|scenarios)/',
    'test/unit/conformance/(?:faults|twelve-faults|sandbox|artifact|realm|footprint)\\.test',
    'test/unit/conformance/(?:cause/cause|run/runner)\\.test',
    'test/unit/(?:ansible|stacks)/',
    'test/unit/sandbox/',
  ],
};

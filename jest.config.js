/** @type {import('jest').Config} */
module.exports = {
  runtime: '<rootDir>/test/support/shared-runtime.js',
  testEnvironment: '<rootDir>/test/support/environment.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // The commands are loaded by native import(), which names files with their extension.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  setupFiles: ['<rootDir>/test/support/property-seed.js'],
  testSequencer: '<rootDir>/test/support/longest-first.js',
  // Two cores, and a part of every suite is a wait.
  maxWorkers: 5,
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.js'],
};

'use strict';

const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

/** The one environment of this worker: all of its test files run in the same realm. */
let environment;

/** Where jest-circus keeps the tests of a file; the next file must begin without them. */
const OF_ONE_FILE = /^Symbol\((?:EVENT_HANDLERS|JEST_STATE_SYMBOL|RETRY_TIMES\w*)\)$/;

/**
 * Jest's environment for Node, with two changes (docs/decisions/0016).
 *
 * - The global object is plain. Jest's own is a Proxy, and every `Object`, `JSON` and `Promise` that the code names is asked
 *   of it: a fifth of a suite's time.
 * - A worker has one of it, because `shared-runtime.js` shares modules between test files, and a module belongs to a realm.
 *   What a test file changes in the environment of its process is taken back at its end.
 */
module.exports = class extends TestEnvironment {
  constructor(...args) {
    if (environment !== undefined) return environment;
    const { createContext } = vm;
    vm.createContext = () => createContext({});
    try {
      super(...args);
    } finally {
      vm.createContext = createContext;
    }
    const { process } = this.global;
    this.atStart = { env: { ...process.env }, exit: process.exit };
    environment = this;
  }

  /** Unlike Jest's own, it leaves the realm usable. */
  async teardown() {
    const { process } = this.global;
    const { env, exit } = this.atStart;
    process.exit = exit;
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    for (const key of Object.getOwnPropertySymbols(this.global))
      if (OF_ONE_FILE.test(String(key))) delete this.global[key];
  }
};

'use strict';

const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

/**
 * Jest's environment for Node, with a plain global object. Jest's own is a Proxy, and every `Object`, `JSON` and
 * `Promise` that the code names is asked of it: a fifth of a suite's time (docs/decisions/0016).
 */
module.exports = class extends TestEnvironment {
  constructor(...args) {
    const { createContext } = vm;
    vm.createContext = () => createContext({});
    try {
      super(...args);
    } finally {
      vm.createContext = createContext;
    }
  }
};

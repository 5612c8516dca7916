'use strict';

const asyncHooks = require('node:async_hooks');
const path = require('node:path');
const { default: Runtime } = require('jest-runtime');

const ROOT = path.resolve(__dirname, '../..');

/** What is loaded once in a worker. Test files and their helpers are loaded for each file: they register tests and hooks. */
const SHARED = ['node_modules', 'src', 'stacks'].map((folder) => path.join(ROOT, folder) + path.sep);

/** Generators of specs and examples, without tests or state. fast-check needs 0.3 s to build them from their patterns. */
const KIT = /\.kit\.ts$/;

/** jest-circus keeps the tests of a file in its modules. */
const OF_ONE_FILE = path.join(path.sep, 'jest-circus', path.sep);

/** The contexts in which jest-circus runs the tests of this file. */
const contexts = new Set();

/**
 * jest-circus never ends its context, and Node enters each promise in all contexts: a worker would get slower with each
 * test file.
 */
const ASYNC_HOOKS = {
  ...asyncHooks,
  AsyncLocalStorage: class extends asyncHooks.AsyncLocalStorage {
    constructor(...args) {
      super(...args);
      contexts.add(this);
    }
  },
};

/** The runtime that has loaded what is shared. It is never torn down: a shared module may load another one later. */
let library;

/**
 * Jest's runtime, but the product, its dependencies and Jest's own modules are loaded once in a worker and not for each test
 * file. V8 then compiles and optimizes them once, which is a third of the CPU time of an integration test
 * (docs/decisions/0016). What a module keeps for the life of the process, it keeps across test files, as it does for its
 * users across runs.
 */
module.exports = class extends Runtime {
  constructor(...args) {
    super(...args);
    library ??= new Runtime(...args);
    // Stack traces of failed tests name the lines of both in their sources.
    this.transformCache.sourceMaps = library.getSourceMaps();
  }

  requireModule(from, moduleName, options, isRequireActual) {
    const file = options?.isInternalModule ? undefined : this.fileOf(from, moduleName);
    if (file !== undefined && (KIT.test(file) || SHARED.some((folder) => file.startsWith(folder))))
      return library.requireModule(from, file);
    return super.requireModule(from, moduleName, options, isRequireActual);
  }

  requireInternalModule(from, moduleName) {
    if (moduleName === 'node:async_hooks') return ASYNC_HOOKS;
    const file = this.fileOf(from, moduleName);
    if (file !== undefined && !file.includes(OF_ONE_FILE)) return library.requireInternalModule(from, file);
    return super.requireInternalModule(from, moduleName);
  }

  teardown() {
    for (const context of contexts) context.disable();
    contexts.clear();
    super.teardown();
  }

  /** The absolute path of a module, or undefined for one of Node's and for one that Jest loads outside of the realm. */
  fileOf(from, moduleName) {
    if (!moduleName || moduleName.startsWith('jest-main:') || this._resolution.isCoreModule(moduleName))
      return undefined;
    return this._resolution.resolveCjs(from, moduleName);
  }
};

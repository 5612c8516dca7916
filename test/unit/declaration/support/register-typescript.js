// Lets a child process run the sources as they are: tests must not depend on whether somebody built them.
const { transformSync } = require('@swc/core');
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, resolve } = require('node:path');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
    sourceMaps: false,
  });
  module._compile(code, filename);
};

// What is loaded later is named as it is in dist, with its extension.
const { _resolveFilename: resolveFilename } = Module;
Module._resolveFilename = function (request, parent, ...more) {
  const source = /^\..*\.js$/.test(request) ? resolve(dirname(parent.filename), request.replace(/js$/, 'ts')) : '';
  return existsSync(source) ? source : resolveFilename.call(this, request, parent, ...more);
};

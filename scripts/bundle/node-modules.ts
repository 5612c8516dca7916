import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/** Modules of Node that a run may not need. Together they take 10 ms to load. */
const LATE = [
  'child_process',
  'crypto',
  'dns',
  'fs/promises',
  'os',
  'timers/promises',
  'tls',
  'worker_threads',
  'zlib',
];

/** Modules that undici takes apart as soon as it is loaded. */
const REPLACED: Readonly<Record<string, string>> = {
  'node:assert': 'assert.js',
  'node:http': 'no-http.js',
  'node:http2': 'no-http2.js',
};

/** Which of Node's own modules the bundle loads, and when: at the first use of one of their exports, and not with the script. */
export function nodeModules(): Plugin {
  return {
    name: 'node-modules',
    setup(build) {
      build.onResolve({ filter: /^node:/ }, ({ path, namespace, importer }) => {
        // What stands in for a module loads the module itself.
        if (namespace === 'late' || importer.startsWith(__dirname)) return { path, external: true };
        const file = REPLACED[path];
        if (file !== undefined) return { path: join(__dirname, file) };
        return LATE.includes(path.slice('node:'.length)) ? { path, namespace: 'late' } : undefined;
      });
      build.onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({ contents: lateModule(path) }));
    },
  };
}

/** A proxy, because another version of Node may execute the bundle: it has other exports than the one that builds. */
export function lateModule(name: string): string {
  const load = `require(${JSON.stringify(name)})`;
  return `module.exports = new Proxy({}, { get: (_, key) => (key === '__esModule' ? undefined : ${load}[key]) });\n`;
}

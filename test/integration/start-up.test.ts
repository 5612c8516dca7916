import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compiledFile, scriptFile, type AboutBundle } from '../../src/bundle/load';
import { directoryWith } from '../support/cli';

const DIST = resolve(__dirname, '../../dist');
const BUNDLE = join(DIST, 'bundle');
const MAIN = join(DIST, 'src/cli/main.js');
/** The modules themselves: what is loaded is what the bundle executes. */
const MODULES = `require(${JSON.stringify(join(DIST, 'src/cli/program.js'))}).start();`;

/** Writes down what is loaded when the first connection is opened, or else at the end. */
const WATCH = `
const { Socket } = require('node:net');
const { existsSync, writeFileSync } = require('node:fs');
const loaded = () => JSON.stringify({ files: Object.keys(require.cache), ofNode: process.moduleLoadList });
const note = () => existsSync(process.env.LOADED) || writeFileSync(process.env.LOADED, loaded());
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) { note(); return connect.apply(this, args); };
process.on('exit', note);
`;

/** Counts how often the yaml package asks whether it should log. */
const COUNT = `
let asked = 0;
process.env = new Proxy(process.env, {
  get(env, name) {
    if (name === 'LOG_TOKENS') asked += 1;
    return env[name];
  },
});
process.on('exit', () => console.log('asked', asked, 'times'));
`;

/** Counts the functions that are created from text: ajv does that. */
const COUNT_COMPILED = `
let compiled = 0;
globalThis.Function = new Proxy(Function, {
  construct(target, args) {
    compiled += 1;
    return new target(...args);
  },
});
process.on('exit', () => console.log('compiled', compiled, 'schemas'));
`;

const POLICIES = `
harbor: { url: "http://127.0.0.1:9", username: admin, password: { env: HARBOR_PASSWORD } }
registries: { hub: { type: docker-registry, url: "http://127.0.0.1:9" } }
projects: { cache: { registry: hub, public: true, storage_limit: 5GiB, conformance: { pull: [library/alpine:3.20] } } }
`;

interface Loaded {
  readonly files: readonly string[];
  /** Node's own modules, as it names them. */
  readonly ofNode: readonly string[];
}

/** What a command has loaded by its first request. */
async function loadedBy(program: 'bundle' | 'modules', command: string, ...more: string[]): Promise<Loaded> {
  const root = directoryWith({ 'watch.cjs': WATCH, 'modules.cjs': MODULES, 'policies/a.yaml': POLICIES });
  const loaded = join(root, 'loaded.json');
  const main = program === 'bundle' ? MAIN : join(root, 'modules.cjs');
  const child = spawn(process.execPath, ['-r', join(root, 'watch.cjs'), main, command, ...more], {
    cwd: root,
    env: { ...process.env, LOADED: loaded, HARBOR_PASSWORD: 'Harbor12345' },
    stdio: 'ignore',
  });
  // Nothing listens on port 9: the run is over when its tries are.
  const isWritten = (): boolean => {
    try {
      JSON.parse(readFileSync(loaded, 'utf8'));
      return true;
    } catch {
      return false;
    }
  };
  const gone = once(child, 'exit');
  while (child.exitCode === null && !isWritten()) await new Promise((wait) => setTimeout(wait, 50));
  child.kill('SIGKILL');
  await gone;
  return JSON.parse(readFileSync(loaded, 'utf8')) as Loaded;
}

// Seconds depend on the machine; what is loaded does not. Before it was counted, these were 41, 500, 656 and 783.
it.each<[string, string[], { most: number; without: string[] }]>([
  ['--help', [], { most: 50, without: ['node_modules/(?!commander/)', '/src/kinds/', '/src/harbor/'] }],
  ['validate', [], { most: 430, without: ['node_modules/undici/', '/src/harbor/', '/src/reconcile/'] }],
  [
    'plan',
    ['--quiet'],
    { most: 450, without: ['node_modules/semver/', '/src/rules/', '/src/advisories/', '/undici/lib/(?:web|mock)/'] },
  ],
  [
    'conform',
    ['--quiet'],
    { most: 660, without: ['node_modules/semver/', '/src/rules/', '/src/upstream/', '/undici/lib/(?:web|mock)/'] },
  ],
])('%s begins with few modules', async (command, more, { most, without }) => {
  const { files } = await loadedBy('modules', command, ...more);
  for (const part of without) expect(files.filter((file) => new RegExp(part).test(file))).toEqual([]);
  expect(files.length).toBeLessThanOrEqual(most);
});

describe('the bundle', () => {
  // Only what `npm run build` has not done yet is done.
  beforeAll(() => execFileSync(process.execPath, [join(DIST, 'scripts/bundle/main.js')]), 120_000);

  it.each([['validate'], ['plan'], ['apply', '--yes'], ['drift'], ['conform'], ['health']])(
    '%s loads its script and no other module before its first request',
    async (command, ...more) => {
      const { files, ofNode } = await loadedBy('bundle', command, ...more);
      const ours = files.filter((file) => file.startsWith(DIST));
      expect(ours.map((file) => file.slice(DIST.length))).toEqual(['/src/cli/main.js', '/src/bundle/load.js']);
      expect(files.filter((file) => file.includes('node_modules'))).toEqual([]);
      for (const name of ['assert', 'child_process', 'dns', 'http', 'http2', 'perf_hooks', 'tls', 'zlib'])
        expect(ofNode).not.toContain(`NativeModule ${name}`);
    },
  );

  it.each([
    ['a valid declaration', 'public: true', 'compiled 0 schemas'],
    ['a wrong one', 'public: 5', 'compiled 1 schemas'],
  ])('brings its schema: %s', (_, value, words) => {
    const root = directoryWith({
      'count.cjs': COUNT_COMPILED,
      'policies/a.yaml': `registries: { hub: { type: docker-hub } }\nprojects: { a: { registry: hub, ${value} } }\n`,
    });
    const { stdout } = spawnSync(process.execPath, ['-r', join(root, 'count.cjs'), MAIN, 'validate'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stdout).toContain(words);
  });

  it('reads 300 projects without optimizing a function and without asking the environment for each token', () => {
    const projects = Array.from(
      { length: 300 },
      (_, n) => `p${n}: { registry: hub, public: true, storage_limit: 5GiB }`,
    );
    const root = directoryWith({
      'count.cjs': COUNT,
      'policies/a.yaml': `registries: { hub: { type: docker-hub } }\nprojects: { ${projects.join(', ')} }\n`,
    });
    const printed = execFileSync(
      process.execPath,
      ['--trace-opt', '-r', join(root, 'count.cjs'), MAIN, 'validate', '--quiet'],
      { cwd: root, encoding: 'utf8' },
    );
    expect(printed).toContain('asked 0 times');
    expect(printed).not.toContain('completed optimizing');
  });

  it('has one byte per character, as it is read', () => {
    const { hash } = JSON.parse(readFileSync(join(BUNDLE, 'about.json'), 'utf8')) as AboutBundle;
    const text = readFileSync(scriptFile(BUNDLE, hash), 'utf8');
    expect(text.match(/.{0,40}[^\0-\x7f].{0,40}/)).toBeNull();
  });

  it('is executed from bytecode of this version of Node', () => {
    const { hash, commands } = JSON.parse(readFileSync(join(DIST, 'bundle/about.json'), 'utf8')) as AboutBundle;
    const parts = [...new Set(Object.values(commands))];
    for (const part of parts) expect(existsSync(compiledFile(BUNDLE, hash, part))).toBe(true);
    const program = `const { compile } = require(${JSON.stringify(join(DIST, 'src/bundle/load.js'))});
      for (const part of ${JSON.stringify(parts)})
        console.log(part, compile(${JSON.stringify(BUNDLE)}, ${JSON.stringify(hash)}, part).cachedDataRejected)`;
    const printed = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    expect(printed).toBe('declare false\nprove false\n');
  });
});

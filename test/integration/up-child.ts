import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { UpOptions } from '../../src/app/up/options';
import type { Deployment } from '../../src/app/up/steps';
import { directoryWith, type CliResult } from '../support/cli';
import type { ChildInput } from './up-child-main';
import type { ProjectDouble } from './up-doubles';

const DIST = resolve(__dirname, '../../dist/src');

/** Runs a script that esbuild has written; V8 reads what it compiled for the first process. */
const LAUNCHER = `
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const [filename, compiled] = [__dirname + '/program.js', __dirname + '/compiled'];
const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined;
const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData });
script.runInThisContext()(module.exports, require, module, filename, __dirname);
if (!cachedData) {
  writeFileSync(compiled + process.pid, script.createCachedData());
  renameSync(compiled + process.pid, compiled);
}
`;

/** The program that users run: what was compiled from the sources. */
const compiledSources: Plugin = {
  name: 'compiled-sources',
  setup: (build) =>
    build.onResolve({ filter: /^\.\.\/\.\.\/src\// }, ({ path }) => ({
      path: `${join(DIST, path.replace('../../src', ''))}.js`,
    })),
};

let launcher: Promise<string> | undefined;

/** One script: Node takes longer to find and compile a thousand modules than `up` takes with doubles. */
async function bundled(): Promise<string> {
  const directory = directoryWith({ 'launcher.cjs': LAUNCHER });
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'up-child-main.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Of a script from bytecode, V8 does not know the loader.
    supported: { 'dynamic-import': false },
    // The package is found from any folder of its sources.
    define: { __dirname: JSON.stringify(DIST) },
    plugins: [compiledSources],
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
  });
  writeFileSync(join(directory, 'program.js'), outputFiles[0]!.text);
  return join(directory, 'launcher.cjs');
}

export interface ChildResult extends CliResult {
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs `up` as a process of its own, with a process group of its own, so that it can be killed with everything that it
 * started. With `killAt` it is killed once it says this.
 */
export async function upInChild(
  project: ProjectDouble,
  deployment: Deployment,
  options: UpOptions,
  killAt?: { readonly said: RegExp; readonly signal: NodeJS.Signals },
): Promise<ChildResult> {
  launcher ??= bundled();
  // It strikes itself: on a busy machine a signal from here would come after the step.
  const signalAt = killAt && { said: killAt.said.source, signal: killAt.signal };
  const input: ChildInput = { deployment, options, killAt: signalAt };
  const env = { ...project.env, HARBOR_PASSWORD: 'Harbor12345', UP_CHILD: JSON.stringify(input) };
  const child = spawn(process.execPath, [await launcher], { cwd: project.directory, env, detached: true });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => void (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => void (err += String(chunk)));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((fulfil) =>
    child.once('close', (...ended) => fulfil(ended)),
  );
  return { code: code ?? -1, signal, out, err };
}

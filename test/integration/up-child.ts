import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { UpOptions } from '../../src/app/up/options';
import type { Deployment } from '../../src/app/up/steps';
import type { CliResult } from '../support/cli';
import type { ProjectDouble } from './up-doubles';

const DIST = resolve(__dirname, '../../dist/src');

/** `up` of the compiled program, for a Harbor at an address that no environment file may name. */
const PROGRAM = `
const { terminal, signal, deployment, options } = (() => {
  const { deployment, options, killAt } = JSON.parse(process.env.UP_CHILD);
  let said = '';
  const strike = (text) => {
    said += text;
    if (!killAt || !new RegExp(killAt.said).test(said)) return;
    said = '';
    process.kill(-process.pid, killAt.signal);
  };
  const terminal = { out: (text) => void process.stdout.write(text), err: (text) => { process.stderr.write(text); strike(text); }, env: process.env,
    cwd: process.cwd(), live: false, colour: false, columns: 100, clearLine: () => {} };
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => controller.abort(name));
  return { terminal, signal: controller.signal, deployment, options };
})();
const load = (file) => require(${JSON.stringify(DIST)} + '/' + file);
const { run } = load('cli/run');
const { SecretMask } = load('outside/secret-mask');
const { realWorld } = load('app/up/world');
const context = { terminal, signal, progress: load('app/render/progress').progressFor(terminal, false), secrets: new SecretMask(),
  runAnother: (argv) => run(argv, terminal, signal) };
const world = { ...realWorld, resolves: async () => true, listens: async (address, port) => address !== deployment.host.address && realWorld.listens(address, port) };
(async () => {
  try {
    const { declaration } = await load('app/load').loadFrom(options);
    const app = load('cli/commands/up').upContextFor(context, options);
    const { code, aborted } = await load('app/up/run-up').runUp(app, deployment, declaration, options, world);
    process.exitCode = aborted ? 143 : code;
  } catch (error) {
    process.stderr.write(load('app/render/error').describeError(error, false));
    process.exitCode = load('cli/exit-code').exitCodeOf(error);
  }
})();
`;

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
  const file = join(project.directory, 'up-child.cjs');
  mkdirSync(project.directory, { recursive: true });
  writeFileSync(file, PROGRAM);
  // It strikes itself: on a busy machine a signal from here would come after the step.
  const signalAt = killAt && { said: killAt.said.source, signal: killAt.signal };
  const env = {
    ...project.env,
    HARBOR_PASSWORD: 'Harbor12345',
    UP_CHILD: JSON.stringify({ deployment, options, killAt: signalAt }),
  };
  const child = spawn(process.execPath, [file], { cwd: project.directory, env, detached: true });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => void (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => void (err += String(chunk)));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((fulfil) =>
    child.once('close', (...ended) => fulfil(ended)),
  );
  return { code: code ?? -1, signal, out, err };
}

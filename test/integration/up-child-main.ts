import type { CommandContext } from '../../src/cli/command';
import { loadFrom } from '../../src/app/load';
import { describeError } from '../../src/app/render/error';
import type { UpOptions } from '../../src/app/up/options';
import { runUp } from '../../src/app/up/run-up';
import type { Deployment } from '../../src/app/up/steps';
import { realWorld, type World } from '../../src/app/up/world';
import { upContextFor } from '../../src/cli/commands/up';
import { exitCodeOf } from '../../src/cli/exit-code';
import { run } from '../../src/cli/run';
import { progressFor } from '../../src/app/render/progress';
import { SecretMask } from '../../src/outside/secret-mask';

/** `up` as a process of its own, for a Harbor at an address that no environment file may name: see up-child.ts. */
export interface ChildInput {
  readonly deployment: Deployment;
  readonly options: UpOptions;
  /** A regular expression: once the run has printed this, the process sends the signal to its group. */
  readonly killAt?: { readonly said: string; readonly signal: NodeJS.Signals } | undefined;
}

const { deployment, options, killAt } = JSON.parse(process.env['UP_CHILD']!) as ChildInput;

let said = '';
function strike(text: string): void {
  said += text;
  if (!killAt || !new RegExp(killAt.said).test(said)) return;
  said = '';
  process.kill(-process.pid, killAt.signal);
}

const terminal = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => {
    process.stderr.write(text);
    strike(text);
  },
  env: process.env as Record<string, string>,
  cwd: process.cwd(),
  live: false,
  colour: false,
  columns: 100,
  clearLine: () => {},
};
const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort(name));
const { signal } = controller;

const context: CommandContext = {
  ...{ terminal, signal, progress: progressFor(terminal, false), secrets: new SecretMask() },
  runAnother: (argv) => run(argv, terminal, signal),
  wholeProgram: () => Promise.reject(new Error('no command of up describes the others')),
};
const world: World = {
  ...realWorld,
  resolves: async () => true,
  listens: async (address, port) => address !== deployment.host!.address && realWorld.listens(address, port),
};

async function main(): Promise<void> {
  try {
    const { declaration } = await loadFrom(options);
    const app = upContextFor(context, options);
    const { code, aborted } = await runUp(app, deployment, declaration!, options, world);
    process.exitCode = aborted ? 143 : code;
  } catch (error) {
    process.stderr.write(describeError(error, false));
    process.exitCode = exitCodeOf(error);
  }
}

void main();

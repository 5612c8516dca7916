import { SecretMask } from '../../src/outside/secret-mask';
import type { CommandContext } from '../../src/cli/command';
import { loadFrom } from '../../src/app/load';
import { progressFor } from '../../src/app/render/progress';
import { run } from '../../src/cli/run';
import { upContextFor } from '../../src/cli/commands/up';
import type { UpOptions } from '../../src/app/up/options';
import { runDown, runUp } from '../../src/app/up/run-up';
import { realWorld, type World } from '../../src/app/up/world';
import { describeError } from '../../src/app/render/error';
import { abortedCode, exitCodeOf } from '../../src/cli/exit-code';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import type { Deployment } from '../../src/app/up/steps';
import { directoryWith, type CliResult } from '../support/cli';
import type { ProjectDouble } from './up-doubles';

export const DEPLOYMENT: Deployment = {
  name: 'prod',
  file: 'stacks/environments/prod.yaml',
  hostname: '127.0.0.1',
  mirrorHostnames: [],
  harborVersion: 'v2.15.2',
  edge: true,
  machine: false,
  cluster: false,
  needs: { architecture: 'amd64', memory_mib: 4224, volumes: [{ name: 'data', path: '/data' }] },
  stateDirectory: 'state/prod',
  host: { address: 'vm.corp.internal', user: 'deploy', port: 22, local: false },
};

/** A network where every name has an address, and nothing listens on the host yet. */
const WORLD_DOUBLE: World = {
  ...realWorld,
  resolves: async () => true,
  listens: async (address, port) => address !== DEPLOYMENT.host!.address && realWorld.listens(address, port),
};
export const TAKEN: Partial<World> = { listens: async (address) => address === DEPLOYMENT.host!.address };

/** The registry behind every Harbor of these tests, with one image. */
let started: FixtureUpstream | undefined;

export async function startUpstream(): Promise<FixtureUpstream> {
  started = await startFixtureUpstream();
  started.put('library/single', '1', 'a');
  return started;
}

export interface Asked {
  readonly deployment?: Partial<Deployment>;
  readonly options?: Partial<UpOptions>;
  readonly world?: Partial<World>;
  readonly env?: Readonly<Record<string, string>>;
  readonly policies?: string;
  readonly signal?: AbortSignal;
}

export function policiesFor(url: string): string {
  return directoryWith({
    'p.yaml': [
      `harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD } }`,
      `registries: { fixture: { type: docker-registry, url: "${started?.url ?? ''}", insecure: true } }`,
      'projects:',
      '  proxy.fixture:',
      '    registry: fixture',
      '    public: true',
      '    conformance: { pull: ["library/single:1"], platforms: [linux/amd64] }',
    ].join('\n'),
  });
}

/** As the command does it, with another network around it. */
export async function up(project: ProjectDouble, url: string, asked: Asked = {}): Promise<CliResult> {
  let out = '';
  let err = '';
  const terminal = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    env: { HARBOR_PASSWORD: 'Harbor12345', ...project.env, ...asked.env },
    cwd: project.directory,
    live: false,
    colour: false,
    columns: 100,
    clearLine: () => {},
  };
  const signal = asked.signal ?? new AbortController().signal;
  const context: CommandContext = {
    ...{ terminal, signal, progress: progressFor(terminal, false), secrets: new SecretMask() },
    runAnother: (argv) => run(argv, terminal, signal),
    wholeProgram: () => Promise.reject(new Error('no command of up describes the others')),
  };
  const options: UpOptions = {
    ...{ quiet: false, verbose: false, overlay: [] },
    ...{
      policies: asked.policies ?? policiesFor(url),
      yes: true,
      dryRun: false,
      destroy: false,
      clean: false,
      adoptState: false,
    },
    ...{ backupMaxAge: 86_400, wait: 0, ...asked.options },
  };
  const deployment = { ...DEPLOYMENT, ...asked.deployment };
  try {
    const { declaration } = await loadFrom(options);
    const app = upContextFor(context, options);
    const { code, aborted } = options.destroy
      ? await runDown(app, deployment, options)
      : await runUp(app, deployment, declaration!, options, { ...WORLD_DOUBLE, ...asked.world });
    return { code: aborted ? abortedCode(signal) : code, out, err };
  } catch (error) {
    return { code: exitCodeOf(error), out, err: err + describeError(error, false) };
  }
}

export async function withHarbor<T>(harborVersion: string, work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = await startSandbox({ timeScale: 0.01, harborVersion });
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

export const NO_HARBOR = 'http://127.0.0.1:1';

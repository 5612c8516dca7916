import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppContext } from '../context';
import { loadFrom, loadOrThrow, type PolicySource } from '../load';
import { secretsOf } from '../session';
import { standInOverlay } from './overlay';
import { demoEnvironment } from './secrets';
import { startUpstreams } from './upstreams';

/** Names the variable that holds the sandbox's password. Not HARBOR_PASSWORD: a shell may have that of a real Harbor. */
const PASSWORD = 'BREAKWATER_SANDBOX_PASSWORD';

/** What lets policies of a real Harbor be tried out on one machine. */
export interface StandIns {
  /** To be laid over the policies: `--overlay FILE`. */
  readonly overlay: string;
  /** Variables for a shell, those that the policies name and that are not set. */
  readonly environment: string;
  /** How many upstream registries were started. */
  readonly upstreams: number;
  readonly images: number;
  /** Stops the upstreams and deletes both files, which speak of ports that are gone. */
  close(): Promise<void>;
}

export interface SandboxAt {
  readonly url: string;
  readonly password: string;
  /** Directory of the two files. */
  readonly directory: string;
}

/**
 * Starts a small registry for each declared one, with the images that the policies are to prove, and writes down what
 * has to be laid over the policies to use them. @throws DeclarationError, UsageError
 */
export async function startStandIns(
  context: AppContext,
  source: PolicySource,
  { url, password, directory }: SandboxAt,
): Promise<StandIns> {
  const declaration = await loadOrThrow(context, source);
  const env = demoEnvironment(declaration, context.env);
  const upstreams = await startUpstreams(declaration, secretsOf({ ...context, env }, declaration));
  const overlay = join(directory, 'sandbox.yaml');
  const environment = join(directory, 'sandbox.env');
  await mkdir(directory, { recursive: true });
  await writeFile(
    overlay,
    standInOverlay(declaration, { url, passwordEnv: PASSWORD, upstreams, by: 'breakwater sandbox --with-upstream' }),
  );
  // What is still to be set once it is laid over them: nothing that belongs to the real Harbor.
  const { declaration: laid } = await loadFrom({ ...source, overlay: [...(source.overlay ?? []), overlay] });
  const needed = new Set((laid?.secrets ?? []).flatMap(({ reference }) => ('env' in reference ? reference.env : [])));
  const variables = [[PASSWORD, password], ...Object.entries(env).filter(([name]) => !context.env[name])];
  const lines = variables.flatMap(([name = '', value]) => (needed.has(name) ? `export ${name}='${value}'\n` : []));
  await rm(environment, { force: true });
  await writeFile(environment, lines.join(''), { mode: 0o600 });
  return {
    overlay,
    environment,
    upstreams: upstreams.size,
    images: declaration.conformance.reduce((sum, { pull }) => sum + pull.length, 0),
    async close() {
      for (const upstream of upstreams.values()) await upstream.close();
      await Promise.all([overlay, environment].map((file) => rm(file, { force: true })));
    },
  };
}

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppContext } from '../context';
import { loadFrom, loadOrThrow, type PolicySource } from '../load';
import { secretsOf } from '../session';
import { standInOverlay } from './overlay';
import { demoEnvironment } from './secrets';
import { startUpstreams } from './upstreams';
import { makeDirectory } from '../../make-directory';

/** Name of the variable with the sandbox's password. Not HARBOR_PASSWORD: a shell may contain that of a real Harbor. */
const PASSWORD = 'BREAKWATER_SANDBOX_PASSWORD';

/** What is needed to try the policies of a real Harbor on one machine. */
export interface StandIns {
  /** The overlay: `--overlay FILE`. */
  readonly overlay: string;
  /** Shell variables that the policies name and that are not set. */
  readonly environment: string;
  /** How many upstream registries were started. */
  readonly upstreams: number;
  readonly images: number;
  /** Stops the upstreams and deletes both files, because their ports are gone. */
  close(): Promise<void>;
}

/** A sandbox that already listens. */
export interface SandboxAt {
  readonly url: string;
  readonly password: string;
  /** Directory of the two files. */
  readonly directory: string;
}

/**
 * Starts a small registry for each declared one, with the images to verify, and writes the overlay that uses them.
 * @throws DeclarationError, UsageError
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
  await makeDirectory(directory);
  await writeFile(
    overlay,
    standInOverlay(declaration, { url, passwordEnv: PASSWORD, upstreams, by: 'breakwater sandbox --with-upstream' }),
  );
  // The variables that are still missing with the overlay: none that belongs to the real Harbor.
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

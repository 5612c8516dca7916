import { compact } from '../compact';
import { spawn } from 'node:child_process';
import { deploymentFiles } from '../deploy/package-files';
import { UsageError } from '../errors';
import type { AppContext } from './context';

/** Both also have variables, which cdktf sets for its `app`. */
export interface SynthOptions {
  /** Output directory; the default of the program is cdktf.out. */
  readonly out?: string;
  /** Optional if there is only one. */
  readonly environment?: string;
}

/**
 * The use case behind `synth`, which `cdktf.json` calls: writes the stacks of one environment. CDKTF runs in its own
 * process, because no other command needs it.
 * @returns the exit code of the program
 */
export function synthStacks(
  { cwd, env, signal, emit }: AppContext,
  { out, environment }: SynthOptions,
): Promise<number> {
  const chosen = compact<NodeJS.ProcessEnv>({
    BREAKWATER_ENVIRONMENT: environment,
    CDKTF_OUTDIR: out,
  });
  return new Promise((resolve, reject) => {
    const child = spawn('node', [deploymentFiles(cwd).synth], {
      cwd,
      env: { ...env, ...chosen },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => emit({ type: 'tool-output', text }));
    child.once('error', (cause) => reject(new UsageError(`node cannot be started: ${cause.message}`)));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

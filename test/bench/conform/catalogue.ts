import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { measureProgram } from './program';
import type { Input } from './run-alone';
import { PASSWORD, TIME_SCALE } from './sandbox-alone';

const PROJECTS = 200;
const ROUNDS = 3;

/** Every check on many projects. Nobody else does this, and most of the time is the sandbox's: only the CPU is ours. */
export async function catalogue(): Promise<string[]> {
  const repositories = Array.from({ length: PROJECTS }, (_, at) => `p${at}/image`);
  const command = [join(__dirname, 'sandbox-alone.js'), JSON.stringify(repositories)];
  const sandbox = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [url] = (await once(sandbox.stdout, 'data')) as [Buffer];
    const input: Input = {
      url: url.toString('utf8').trim(),
      repositories,
      deep: false,
      concurrency: 16,
      sandbox: { password: PASSWORD, timeScale: TIME_SCALE },
    };
    const lines: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const usage = await measureProgram([process.execPath, join(__dirname, 'run-alone.js'), JSON.stringify(input)]);
      const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
      const what = `${round === 0 ? 'cold' : 'cached'}: ${seconds(usage.elapsedMs)}, CPU ${seconds(usage.cpuMs)}`;
      lines.push(`${what}, max RSS ${usage.maxRssMebibytes.toFixed(0)} MiB`);
    }
    return [`every check on ${PROJECTS} projects, 16 at a time, against the sandbox`, ...lines];
  } finally {
    sandbox.stdin.end();
    await once(sandbox, 'exit');
  }
}

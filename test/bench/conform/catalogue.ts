import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Line, Usage } from '../../../scripts/performance/report';
import { roundsOf } from '../contest';
import { measureProgram } from './program';
import type { Input } from './run-alone';
import { PASSWORD, TIME_SCALE } from './sandbox-alone';

const PROJECTS = 200;
const ROUNDS = 3;

/** Every check on many projects. Nobody else does this, and most of the time is the sandbox's: only the CPU is ours. */
export async function catalogue(): Promise<Line> {
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
    const runs: Usage[] = [];
    for (let round = 0; round < Math.max(2, roundsOf(ROUNDS)); round++)
      runs.push(await measureProgram([process.execPath, join(__dirname, 'run-alone.js'), JSON.stringify(input)]));
    return {
      id: 'every-check',
      title: `Every check on ${PROJECTS} projects, 16 at a time, against the sandbox`,
      rows: [
        { name: 'breakwater conform, cold', runs: runs.slice(0, 1) },
        { name: 'breakwater conform, cached', runs: runs.slice(1) },
      ],
    };
  } finally {
    sandbox.stdin.end();
    await once(sandbox, 'exit');
  }
}

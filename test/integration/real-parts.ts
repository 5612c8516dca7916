import { execFileSync } from 'node:child_process';

export * from '../support/real-programs';

const TOOLS = ['skopeo', 'docker-registry', 'openssl'];

/**
 * `describe` where the real programs are installed. In CI their absence fails, elsewhere the tests are skipped
 * and a line says what to install.
 */
export function describeWithRealParts(name: string, tests: () => void): void {
  const missing = TOOLS.filter((tool) => !isInstalled(tool));
  if (missing.length === 0) return describe(name, tests);
  const hint = `${missing.join(' and ')} not found: apt-get install skopeo docker-registry openssl`;
  if (process.env['CI']) return it(name, () => Promise.reject(new Error(hint)));
  // The names of skipped tests are not printed, and nobody would learn what to install.
  process.stderr.write(`skipped: ${name}: ${hint}\n`);
  describe.skip(name, tests);
}

function isInstalled(tool: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

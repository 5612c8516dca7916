import { readFileSync } from 'node:fs';
import { setFlagsForShortRuns } from '../../../src/bundle/heap';
import { bundledProgram } from '../../../src/bundle/load';
import type * as Program from '../../../src/cli/program';

/**
 * What `breakwater conform` does once it has read its policies, from the bundle that it is started from; a bare registry
 * has no API for what comes before.
 */
export interface Input {
  readonly url: string;
  /** PEM of a private CA. */
  readonly caPath?: string;
  readonly repositories: readonly string[];
  /** All without. */
  readonly checks?: readonly string[];
  readonly deep: boolean;
  readonly concurrency: number;
  readonly sandbox?: { readonly password: string; readonly timeScale: number };
}

const COMMAND = 'conform';

/** @throws Error without a bundle: the modules take longer to load, and no user waits for that */
async function load() {
  const bundled = bundledProgram([COMMAND]) as typeof Program | undefined;
  if (!bundled) throw new Error('there is no bundle: npm run build writes it');
  const checks = await bundled.checks();
  setFlagsForShortRuns(COMMAND);
  return checks;
}

async function main({ url, caPath, repositories, checks, deep, concurrency, sandbox }: Input): Promise<void> {
  const { isConformant, runConformance } = await load();
  const projects = repositories.map((repository) => {
    const [name = '', image] = repository.split('/');
    return { name, public: true, proxy: true, images: [`${image}:1`], platforms: ['linux/amd64'] };
  });
  const apiCredential = sandbox && { username: 'admin', password: () => sandbox.password };
  const report = await runConformance(
    {
      harborUrl: url,
      projects,
      ...(apiCredential && { apiCredential }),
      ...(caPath && { ca: readFileSync(caPath, 'utf8') }),
    },
    {
      tool: { name: 'breakwater', version: 'bench' },
      deep,
      concurrency,
      ...(checks && { checks }),
      ...(sandbox && { timeScale: sandbox.timeScale }),
    },
  );
  if (isConformant(report)) return;
  process.stderr.write(JSON.stringify(report.results.filter(({ status }) => status === 'fail')).slice(0, 2000));
  process.exitCode = 1;
}

void main(JSON.parse(process.argv[2] ?? '') as Input);

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadInputs } from '../../../src/deploy/inputs';
import { synthesise } from '../../../stacks/synthesise';
import { temporaryFolder } from '../real-parts';
import { Terraform } from './terraform';

const ROOT = resolve(__dirname, '../../..');
const MIRROR = process.env['BREAKWATER_PROVIDER_MIRROR'];

interface Golden {
  readonly terraform: { readonly required_providers: Record<string, { source: string; version: string }> };
}

/** Of a stack: the providers that the mirror has not. */
function missingProviders(environment: string, stack: string): string[] {
  if (MIRROR === undefined || spawnSync('terraform', ['version']).status !== 0)
    return ['terraform and a provider mirror'];
  const text = readFileSync(join(ROOT, 'test/golden/stacks', environment, `${stack}.json`), 'utf8');
  const { required_providers: providers } = (JSON.parse(text) as Golden).terraform;
  return Object.values(providers)
    .map(({ source, version }) => `${source}/${version}`)
    .filter((path) => !existsSync(join(MIRROR, 'registry.terraform.io', path)));
}

describe.each([
  ['example-aws', 'machine'],
  ['example-hetzner', 'machine'],
  ['example-openstack', 'machine'],
  ['example-cluster', 'cluster'],
])('the stack of %s', (environment, stack) => {
  const missing = missingProviders(environment, stack);
  if (missing.length > 0) {
    process.stderr.write(`skipped: ${environment}/${stack} compared with its provider: no ${missing.join(', ')}\n`);
  }
  const itWithProvider = missing.length > 0 ? it.skip : it;

  itWithProvider(
    `${stack} is valid for its provider`,
    async () => {
      const folder = temporaryFolder();
      try {
        const { inputs } = await loadInputs(join(ROOT, 'stacks'), environment);
        const outdir = join(folder.path, 'cdktf.out');
        // The schema of the resources is what is compared with; a backend would be asked for its credentials.
        synthesise({ ...inputs!, environment: { ...inputs!.environment, state: { backend: 'local' } } }, outdir);
        const terraform = new Terraform(outdir, folder.path);
        expect(terraform.init(stack)).toMatchObject({ status: 0 });
        expect(terraform.run(stack, 'validate')).toMatchObject({ status: 0 });
      } finally {
        folder.remove();
      }
    },
    120_000,
  );
});

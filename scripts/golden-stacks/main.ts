import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadInputs } from '../../src/deploy/inputs';
import { synthesise } from '../../stacks/synthesise';
import { withoutNotes } from './without-notes';

const GOLDEN = 'test/golden/stacks';

/** `npm run golden`: the synthesised samples of stacks/environments, for review in a diff. */
async function main(): Promise<void> {
  const outdir = mkdtempSync(join(tmpdir(), 'breakwater-golden-'));
  try {
    for (const name of readdirSync(GOLDEN)) await write(name, join(outdir, name));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

async function write(name: string, outdir: string): Promise<void> {
  const { inputs } = await loadInputs('stacks', name);
  if (!inputs) throw new Error(`stacks/environments/${name}.yaml cannot be used`);
  synthesise(inputs, outdir);
  rmSync(join(GOLDEN, name), { recursive: true });
  mkdirSync(join(GOLDEN, name));
  for (const stack of readdirSync(join(outdir, 'stacks'))) {
    const json: unknown = JSON.parse(readFileSync(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
    writeFileSync(join(GOLDEN, name, `${stack}.json`), `${JSON.stringify(withoutNotes(json), null, 2)}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentNames, isWholePair, loadEnvironment, loadInputs, nodeNames } from '../../src/deployment';
import { synthesise } from '../../stacks/synthesise';
import { withoutNotes } from '../golden-stacks/without-notes';

/**
 * `npm run example-stacks -- DIR`: the stacks of every example environment as Terraform JSON, for people without Node.
 * `DIR/<environment>/<stack>/main.tf.json`.
 */
async function main([target]: readonly string[]): Promise<void> {
  if (target === undefined) throw new Error('usage: npm run example-stacks -- DIR');
  const names = (await environmentNames('stacks/environments')).filter((name) => name.startsWith('example'));
  for (const name of await oneMachineEach(names)) await write(name, join(target, name));
  process.stdout.write(`${target}: ${names.join(', ')}\n`);
}

/** A pair is two environments, one for each machine. */
async function oneMachineEach(names: readonly string[]): Promise<string[]> {
  const all = names.map(async (name) => {
    const { environment } = await loadEnvironment('stacks/environments', name);
    return environment && isWholePair(environment) ? nodeNames(environment) : [name];
  });
  return (await Promise.all(all)).flat();
}

async function write(name: string, target: string): Promise<void> {
  const { inputs } = await loadInputs('stacks', name);
  if (!inputs) throw new Error(`stacks/environments/${name}.yaml cannot be used`);
  const outdir = mkdtempSync(join(tmpdir(), 'breakwater-examples-'));
  try {
    synthesise(inputs, outdir);
    for (const stack of readdirSync(join(outdir, 'stacks'))) {
      const json: unknown = JSON.parse(readFileSync(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
      mkdirSync(join(target, stack), { recursive: true });
      writeFileSync(join(target, stack, 'main.tf.json'), `${JSON.stringify(withoutNotes(json), null, 2)}\n`);
    }
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the stacks: the environment that they are of. */
const MARK = 'environment';

/**
 * Takes the stacks of the last synthesis out of a directory, so that one that fails, or leaves a stack out, leaves none
 * that Terraform could be run on. What Terraform keeps there stays, but for its note of where the state of *another*
 * environment is: with that, it would offer to move one Harbor's state over the other's.
 */
export function emptyOutput(outdir: string): void {
  rmSync(join(outdir, 'manifest.json'), { force: true });
  for (const stack of stacksIn(outdir)) rmSync(join(stack, 'cdk.tf.json'), { force: true });
}

export function markOutput(outdir: string, environment: string): void {
  if (markOf(outdir) !== environment) {
    for (const stack of stacksIn(outdir)) rmSync(join(stack, '.terraform', 'terraform.tfstate'), { force: true });
  }
  writeFileSync(join(outdir, MARK), `${environment}\n`);
}

function stacksIn(outdir: string): string[] {
  try {
    return readdirSync(join(outdir, 'stacks')).map((name) => join(outdir, 'stacks', name));
  } catch {
    return [];
  }
}

function markOf(outdir: string): string | undefined {
  try {
    return readFileSync(join(outdir, MARK), 'utf8').trim();
  } catch {
    return undefined;
  }
}

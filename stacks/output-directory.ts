import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The environment of the stacks, in a file next to them. */
const MARK = 'environment';

/**
 * Removes the stacks of the last synthesis from a directory, so that a synthesis that fails or omits a stack leaves none
 * that Terraform could run. Terraform's own files stay, except the note about where the state of *another*
 * environment is: with it, Terraform would offer to move the state of one Harbor over that of another.
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

import { compareText } from '../compare-text';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../json';

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly synthesizedStackPath: string }>>;
}

/**
 * The stacks in a directory that `cdktf synth` or `node dist/stacks/main.js` wrote.
 * @throws Error of node:fs if it does not exist, SyntaxError if it is not JSON
 */
export async function readSynthesised(outdir: string): Promise<{ id: string; json: Json }[]> {
  const manifest = JSON.parse(await readFile(join(outdir, 'manifest.json'), 'utf8')) as Manifest;
  const entries = Object.entries(manifest.stacks).sort(([a], [b]) => compareText(a, b));
  return Promise.all(
    entries.map(async ([id, { synthesizedStackPath }]) => ({
      id,
      json: JSON.parse(await readFile(join(outdir, synthesizedStackPath), 'utf8')) as Json,
    })),
  );
}

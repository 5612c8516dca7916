import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds } from '../../src/kinds';
import { referencePages } from './pages';

const DIRECTORY = join('docs', 'reference');

/** Writes docs/reference, and deletes pages of kinds that are gone. */
function main(): void {
  const pages = referencePages(kinds);
  mkdirSync(DIRECTORY, { recursive: true });
  for (const name of readdirSync(DIRECTORY)) if (!pages.has(name)) rmSync(join(DIRECTORY, name));
  for (const [name, page] of pages) writeFileSync(join(DIRECTORY, name), page);
}

main();

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds } from '../../src/kinds';
import { architecturePage } from './architecture-page';
import { clientsPages } from './clients-pages';
import { editorSchemas, referencePages } from './pages';

/** Writes docs/reference, docs/clients, schemas/ and the table of docs/architecture.md, and deletes pages of kinds that are gone. */
function main(): void {
  writeAll(join('docs', 'reference'), referencePages(kinds));
  writeAll(join('docs', 'clients'), clientsPages());
  writeAll('schemas', editorSchemas(kinds));
  const architecture = join('docs', 'architecture.md');
  writeFileSync(architecture, architecturePage(readFileSync(architecture, 'utf8')));
}

function writeAll(directory: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(directory)) if (!files.has(name)) rmSync(join(directory, name));
  for (const [name, text] of files) writeFileSync(join(directory, name), text);
}

main();

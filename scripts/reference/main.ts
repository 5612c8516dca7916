import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds } from '../../src/kinds';
import { architecturePage } from './architecture-page';
import { chart } from '../performance/chart';
import { performancePage } from '../performance/page';
import type { BenchReport } from '../performance/report';
import { clientsPages } from './clients-pages';
import { editorSchemas, referencePages } from './pages';

/** Writes docs/reference, docs/clients, schemas/, the performance guide and the table of docs/architecture.md, and deletes pages of kinds that are gone. */
function main(): void {
  writeAll(join('docs', 'reference'), referencePages(kinds));
  writeAll(join('docs', 'clients'), clientsPages());
  writeAll('schemas', editorSchemas(kinds));
  const architecture = join('docs', 'architecture.md');
  writeFileSync(architecture, architecturePage(readFileSync(architecture, 'utf8')));
  const guides = join('docs', 'guides');
  const measured = JSON.parse(readFileSync(join(guides, 'performance.json'), 'utf8')) as BenchReport;
  writeFileSync(join(guides, 'performance.md'), performancePage(measured));
  writeFileSync(join(guides, 'performance.svg'), chart(measured.lines));
}

function writeAll(directory: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(directory)) if (!files.has(name)) rmSync(join(directory, name));
  for (const [name, text] of files) writeFileSync(join(directory, name), text);
}

main();

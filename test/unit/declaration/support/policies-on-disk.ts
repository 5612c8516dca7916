import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../../../src/diagnostic';
import type { LoadResult } from '../../../../src/declaration/declaration';
import { loadDeclaration, type LoadOptions } from '../../../../src/declaration/load';
import { inventedKinds } from './invented-kinds';

export type Files = Readonly<Record<string, string | Uint8Array>>;

const made: string[] = [];

/** A directory with these files, gone after the test when `removePolicies` is an `afterEach`. */
export function policiesOnDisk(files: Files): string {
  const directory = mkdtempSync(join(tmpdir(), 'policies-'));
  made.push(directory);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

export function removePolicies(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export async function load(files: Files, options: Partial<LoadOptions> = {}): Promise<LoadResult> {
  const directory = policiesOnDisk(files);
  const overlays = options.overlays?.map((name) => join(directory, name));
  const result = await loadDeclaration({
    directory,
    kinds: inventedKinds,
    ...options,
    ...(overlays ? { overlays } : {}),
  });
  return { ...result, diagnostics: result.diagnostics.map((diagnostic) => withoutDirectory(diagnostic, directory)) };
}

function withoutDirectory(diagnostic: Diagnostic, directory: string): Diagnostic {
  const shorten = (text: string) => text.replaceAll(`${directory}/`, '').replaceAll(directory, '.');
  const { at } = diagnostic;
  return {
    ...diagnostic,
    message: shorten(diagnostic.message),
    ...(at ? { at: { ...at, file: shorten(at.file) } } : {}),
  };
}

/** `file:line:column rule: message` of each finding. */
export function told({ diagnostics }: Pick<LoadResult, 'diagnostics'>): string[] {
  return diagnostics.map(({ at, rule, message }) => `${at?.file}:${at?.line}:${at?.column} ${rule}: ${message}`);
}

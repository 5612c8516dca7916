import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { DeclarationError } from '../errors';
import { jsonFault } from '../json-schema/check-json';
import { escapeControls } from '../escape-controls';
import { fileFault } from '../file-fault';

/** A file that an earlier run wrote, and that a person may have edited, cut or replaced since. */
export interface SavedFile {
  readonly file: string;
  /** Rule of the finding if it cannot be used. */
  readonly rule: string;
  /** How to write a new one. */
  readonly hint: string;
}

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Its JSON, not validated yet.
 * @throws DeclarationError if it cannot be read, is too large or is not JSON
 */
export async function readSavedJson(saved: SavedFile): Promise<unknown> {
  const text = await readBounded(saved);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw unusable(saved, 'it is not JSON, or is incomplete');
  }
}

async function readBounded(saved: SavedFile): Promise<string> {
  // Without O_NONBLOCK, opening a named pipe would block until someone writes to it.
  const handle = await open(saved.file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw unusable(saved, `it cannot be read: ${fileFault(error)}`);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw unusable(saved, 'it is not a regular file');
    if (stat.size > MAX_BYTES) throw unusable(saved, `it is larger than ${MAX_BYTES} bytes`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/**
 * @param what is wrong with a value that does not match the schema: `it is not a plan of up`
 * @throws DeclarationError with the position of the first error
 */
export async function validateSaved(saved: SavedFile, schema: object, value: unknown, what: string): Promise<void> {
  const fault = await jsonFault(schema, value);
  if (fault !== undefined) throw unusable(saved, `${what}: ${escapeControls(fault)}`);
}

/** The file and not a position in it: it was written by a program. */
export function unusable({ file, rule, hint }: SavedFile, why: string): DeclarationError {
  const message = `${file} cannot be applied: ${why}`;
  return new DeclarationError(message, [{ rule, severity: 'error', message, hint }]);
}

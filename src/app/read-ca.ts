import { readFile } from 'node:fs/promises';
import type { HarborConnection } from '../declaration/declaration';
import { UsageError } from '../errors';
import { fileFault } from '../file-fault';

/**
 * The CA certificates in a PEM file.
 * @param option that named it: `--registry-ca`
 * @throws UsageError
 */
export async function readCa(option: string, file: string, hint = 'pass a readable PEM file'): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: ${file} cannot be read: ${fileFault(error)}`, hint);
  }
}

/**
 * The CA certificates of the declared Harbor.
 * @throws UsageError
 */
export async function caOf({ ca_file: file }: HarborConnection): Promise<string | undefined> {
  return file === undefined ? undefined : readCa('harbor.ca_file', file, 'the path is relative to the policies');
}

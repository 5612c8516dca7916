import { readFile } from 'node:fs/promises';
import { UsageError } from '../errors';
import { fileFault } from '../file-fault';

/** The text of a file. The shell of Windows writes redirected output in UTF-16: `kubectl get pods -o json > pods.json`. */
export async function textFile(file: string): Promise<string> {
  const bytes = await readFile(file);
  const mark = bytes.subarray(0, 2).toString('hex');
  return new TextDecoder(mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8').decode(bytes);
}

/**
 * A file that a user named.
 * @param hint what to pass instead
 * @throws UsageError also if it is empty
 */
export async function readText(file: string, hint: string): Promise<string> {
  const text = await textFile(file).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${fileFault(error)}`, hint);
  });
  if (text.trim() === '') throw new UsageError(`${file} is empty`, hint);
  return text;
}

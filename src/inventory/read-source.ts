import { readFile, stat } from 'node:fs/promises';
import { extractorFor } from './extract';
import { sourceOf, type Source } from './source';

/** Longer files are data, not configuration. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** Files with these names never name an image. */
const NEVER =
  /\.(?:png|jpe?g|gif|webp|ico|svg|pdf|zip|t?gz|xz|bz2|zst|jar|war|class|o|a|so|dll|exe|bin|wasm|woff2?|ttf|eot|mp[34]|mov|css|scss|less|html?|md|mdx|rst|adoc|txt|lock|sum|map|snap|csv|tsv|xml|sql|proto|patch|diff|po|min\.js|h|hpp|c|cc|cpp|m|swift|dart|php|lua|r|ipynb|parquet|sqlite|db|log|pem|crt|key)$/i;
const NAMED_AFTER_ALL = /(?:^|\/)(?:Dockerfile|Containerfile)[^/]*$/i;

/** Judged by the name alone, before the file is opened: most files of a tree are skipped here. */
export function mayBeRead(path: string): boolean {
  return !NEVER.test(path) || NAMED_AFTER_ALL.test(path);
}

/** A file, or why it cannot be read; undefined if it is not text. */
export async function readSource(file: string): Promise<Source | { problem: string } | undefined> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) return mayBeClaimed(file) ? { problem: 'larger than 4 MiB: not read' } : undefined;
    const bytes = await readFile(file);
    if (bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)))
      return { problem: 'UTF-16 text: save it as UTF-8' };
    return bytes.subarray(0, 8192).includes(0) ? undefined : sourceOf(file, bytes);
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** By its name alone. A format that also asks for a word in the file does not claim one that is not read. */
function mayBeClaimed(file: string): boolean {
  return extractorFor(file.replaceAll('\\', '/'), () => '') !== undefined;
}

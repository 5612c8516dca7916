import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUNDLE_FOLDER, buildOf, compiledFile, scriptFile, type AboutBundle } from '../../src/bundle/load';

/** npm writes it: all installed packages with their versions. */
const INSTALLED = resolve(__dirname, '../../../node_modules/.package-lock.json');

/** The last step of `npm run build`: the bundle of the commands that are used most. */
async function main(): Promise<void> {
  const installed = existsSync(INSTALLED)
    ? createHash('sha256').update(readFileSync(INSTALLED)).digest('hex')
    : undefined;
  if (isOfThisBuild(installed)) return;
  // Loaded only now: it takes longer than to find out that there is nothing to do.
  const { writeBundle } = await import('./write.js');
  await writeBundle(installed);
}

/** Neither a source nor a package has changed since. */
function isOfThisBuild(installed: string | undefined): boolean {
  const file = join(BUNDLE_FOLDER, 'about.json');
  if (installed === undefined || !existsSync(file)) return false;
  const about = JSON.parse(readFileSync(file, 'utf8')) as AboutBundle;
  const compiled = Object.values(about.commands).map((part) => compiledFile(BUNDLE_FOLDER, about.hash, part));
  const files = [scriptFile(BUNDLE_FOLDER, about.hash), ...compiled];
  return (
    about.build === buildOf(BUNDLE_FOLDER) && about.installed === installed && files.every((one) => existsSync(one))
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});

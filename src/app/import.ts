import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { UsageError } from '../errors';
import { renderSecretList, secretNames, writePolicies } from '../export';
import { importText } from '../import';
import { kinds } from '../kinds';
import { checkDirectory, SECRET_LIST, writeFiles, type WrittenReport, type WritingOptions } from './policy-directory';

/** The use case behind `import`: what another tool declares, as policies. No request is sent to Harbor. @throws UsageError */
export async function importPolicies({
  from,
  out,
  force,
}: WritingOptions & { readonly from: string }): Promise<WrittenReport> {
  await checkDirectory(out, force);
  const names = secretNames();
  const imported = importText(from, await textOf(from), kinds, names);
  if (imported.objects.length === 0) throw nothingIn(from, imported.leftOut.length);
  const origin = `Imported from ${basename(from)}.`;
  const policies = await writePolicies(imported.objects, { kinds, origin, secrets: names });
  const { files, secrets, declaration } = policies;
  const list = secrets.length === 0 ? [] : [{ name: SECRET_LIST, text: renderSecretList(secrets) }];
  await writeFiles(out, [...files, ...list], force);
  return {
    directory: out,
    files,
    objects: declaration.objects.length,
    secrets,
    leftOut: [...imported.leftOut, ...policies.leftOut],
    unreadable: new Map(),
    differing: [],
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function nothingIn(file: string, leftOut: number): UsageError {
  const hint = leftOut === 0 ? 'it declares no object of Harbor' : 'none of its objects can be written as a policy';
  return new UsageError(`nothing was imported from ${file}`, hint);
}

import { UsageError } from '../../errors';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { renderSecretList, secretNames, writePolicies } from '../../export';
import { importText } from '../../import';
import { kinds } from '../../kinds';
import type { Command, CommonOptions } from '../command';
import { ExitCode } from '../exit-code';
import { SECRET_LIST, writtenAsJson, writtenAsText } from '../render/written';
import { addFormatOption } from '../options';
import { checkDirectory, writeFiles } from '../../app/policy-directory';

interface ImportOptions extends CommonOptions {
  readonly from: string;
  readonly out: string;
  readonly force: boolean;
}

/** What another tool declares, as policies. Nothing is asked of Harbor. */
export const command: Command<ImportOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .requiredOption('--from <file>', 'HarborConfiguration, Terraform state, or Terraform configuration in JSON')
      .requiredOption('--out <dir>', 'where the policies go')
      .option('--force', 'write over files of the same name', false);
  },

  async run({ terminal }, { from, out, force, format }) {
    await checkDirectory(out, force);
    const names = secretNames();
    const imported = importText(from, await textOf(from), kinds, names);
    if (imported.objects.length === 0) throw nothingIn(from, imported.leftOut.length);
    const origin = `Imported from ${basename(from)}.`;
    const policies = await writePolicies(imported.objects, { kinds, origin, secrets: names });
    const { files, secrets, declaration } = policies;
    const list = secrets.length === 0 ? [] : [{ name: SECRET_LIST, text: renderSecretList(secrets) }];
    await writeFiles(out, [...files, ...list], force);
    const report = {
      directory: out,
      files,
      objects: declaration.objects.length,
      secrets,
      leftOut: [...imported.leftOut, ...policies.leftOut],
      unreadable: new Map(),
      differing: [],
    };
    terminal.out(format === 'json' ? writtenAsJson(report) : writtenAsText(report));
    return ExitCode.ok;
  },
};

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function nothingIn(file: string, leftOut: number): UsageError {
  const hint = leftOut === 0 ? 'it declares nothing of Harbor' : 'nothing of what it declares has a place in a policy';
  return new UsageError(`nothing was imported from ${file}`, hint);
}

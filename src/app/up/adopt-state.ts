import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../errors';
import { plural } from '../../plural';
import { note, type UpContext } from './context';
import { onHost } from './on-host';
import { EXISTING_SCRIPT, importsAsJson, importsAsText, importsOf, parseExisting, type Deployment } from './steps';

/**
 * After a lost state: writes `import` blocks next to a synthesized stack, so that its plan adopts the containers and
 * networks of the host. A block for something that is already in the state does nothing.
 * @throws UsageError if there is no host, or its Docker cannot be reached
 */
export async function adoptState(context: UpContext, { host }: Deployment, stack: string): Promise<void> {
  if (stack === 'machine' || !host)
    throw new UsageError(`--adopt-state does not know ${stack}`, 'import its resources by hand: terraform import');
  const { code, stdout, stderr } = await onHost(context, host, EXISTING_SCRIPT);
  if (code !== 0)
    throw new UsageError(`the containers of ${host.address} could not be listed`, stderr.trim().slice(-300));
  const directory = join(context.cwd, 'cdktf.out', 'stacks', stack);
  const imports = importsOf(await readFile(join(directory, 'cdk.tf.json'), 'utf8'), parseExisting(stdout));
  if (imports.length === 0) return;
  await writeFile(join(directory, 'adopt.tf.json'), importsAsJson(imports));
  note(context, `${stack}: its state takes over ${plural(imports.length, 'resource')} of the host`);
  context.emit({ type: 'up-imports', text: importsAsText(imports) });
}

import { join, relative } from 'node:path';
import { loadInputs, pinnedImages } from '../../deploy/inputs';
import { plural } from '../../plural';
import { note, type UpContext } from './context';
import { onHost } from './on-host';
import { IMAGES_FORMAT, imageName, lastLine, parseImages, shellWord, unusedImages, type Deployment } from './steps';

/**
 * Removes images of earlier releases from the host after pulls were verified. Docker itself keeps an image that a
 * container uses, running or stopped.
 */
export async function cleanImages(context: UpContext, deployment: Deployment, yes: boolean): Promise<void> {
  const { host } = deployment;
  if (!host) return note(context, '--clean: a cluster removes unused images by itself');
  const { inputs } = await loadInputs(join(relative('.', context.cwd), 'stacks'), deployment.name);
  if (!inputs) return note(context, '--clean: nothing was removed, because stacks/images.yaml cannot be read');
  const listed = await onHost(
    context,
    host,
    `docker image ls --digests --no-trunc --format ${shellWord(IMAGES_FORMAT)}`,
  );
  if (listed.code !== 0) return note(context, `--clean: the images could not be listed: ${lastLine(listed.stderr)}`);
  const unused = unusedImages(parseImages(listed.stdout), pinnedImages(inputs));
  if (unused.length === 0) return note(context, '--clean: no image of an earlier release is on the host');
  const names = unused.map(imageName);
  const question = `Remove ${plural(names.length, 'image')} of earlier releases: ${names.join(', ')}?`;
  if (!yes && !(await context.ask(question))) return note(context, '--clean: no image was removed');
  for (const name of names) {
    const { code, stderr } = await onHost(context, host, `docker image rm ${shellWord(name)}`);
    note(context, code === 0 ? `removed ${name}` : `${name} is kept: ${lastLine(stderr)}`);
  }
}

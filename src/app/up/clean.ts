import { join, relative } from 'node:path';
import { loadImages } from '../../deploy/images';
import { loadInputs, pinnedImages } from '../../deploy/inputs';
import { imagesFile } from '../../deploy/package-files';
import { UsageError } from '../../errors';
import { plural } from '../../plural';
import { note, type UpContext } from './context';
import { onHost } from './on-host';
import { runTool } from './run-tool';
import {
  IMAGES_FORMAT,
  imageName,
  lastLine,
  parseImages,
  pinsIn,
  shellWord,
  unusedImages,
  type Deployment,
  type DeploymentHost,
  type HostImage,
} from './steps';

/**
 * Removes images of earlier releases from the host after pulls were verified: those that an earlier pin names. Others
 * are listed and kept. Docker itself keeps an image that a container uses, running or stopped.
 */
export async function cleanImages(context: UpContext, deployment: Deployment, yes: boolean): Promise<void> {
  const { host } = deployment;
  if (!host) return note(context, '--clean: a cluster removes unused images by itself');
  const stacks = join(relative('.', context.cwd), 'stacks');
  const { inputs } = await loadInputs(stacks, deployment.name);
  if (!inputs) return note(context, '--clean: nothing was removed, because stacks/images.yaml cannot be read');
  const listed = await onHost(
    context,
    host,
    `docker image ls --digests --no-trunc --format ${shellWord(IMAGES_FORMAT)}`,
  );
  if (listed.code !== 0) return note(context, `--clean: the images could not be listed: ${lastLine(listed.stderr)}`);
  const earlier = await earlierPins(context, stacks);
  const { ours, others } = unusedImages(parseImages(listed.stdout), pinnedImages(inputs), earlier);
  if (ours.length === 0) note(context, '--clean: no image of an earlier release is on the host');
  else await remove(context, host, ours.map(imageName), yes);
  tellOthers(context, others);
}

/** An image that is in use is kept by Docker itself, and only noted. */
async function remove(context: UpContext, host: DeploymentHost, names: readonly string[], yes: boolean): Promise<void> {
  const question = `Remove ${plural(names.length, 'image')} of earlier releases: ${names.join(', ')}?`;
  if (!yes && !(await context.ask(question))) return note(context, '--clean: no image was removed');
  for (const name of names) {
    const { code, stderr } = await onHost(context, host, `docker image rm ${shellWord(name)}`);
    note(context, code === 0 ? `removed ${name}` : `${name} is kept: ${lastLine(stderr)}`);
  }
}

function tellOthers(context: UpContext, others: readonly HostImage[]): void {
  if (others.length === 0) return;
  note(
    context,
    `--clean: ${plural(others.length, 'unused image')} kept that Breakwater may not have pulled (no earlier pin, or a ` +
      `tag); to remove on the host: docker image rm ${others.map(imageName).join(' ')}`,
  );
}

/** Pins of every release in the file, and of its earlier versions in Git. */
async function earlierPins(context: UpContext, stacks: string): Promise<readonly string[]> {
  const { value } = await loadImages(imagesFile(stacks));
  const written = value ? [...Object.values(value.harbor).flatMap((pins) => Object.values(pins)), value.traefik] : [];
  return [...written.map(({ image }) => image), ...pinsIn(await historyOf(context, join('stacks', 'images.yaml')))];
}

/** Every change of a file up to the checked out commit; empty outside of a Git repository. */
async function historyOf(context: UpContext, file: string): Promise<string> {
  const changes = ['log', '--format=', '--patch', '--unified=0', '--no-color', '--no-ext-diff', '--no-textconv'];
  const args = ['-c', 'core.fsmonitor=false', ...changes, '--', file];
  const env = { GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1' };
  try {
    return (await runTool(context, { program: 'git', args, env }, 'kept')).stdout;
  } catch (error) {
    // Git is not installed.
    if (error instanceof UsageError) return '';
    throw error;
  }
}

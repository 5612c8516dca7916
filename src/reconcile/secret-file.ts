import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { ApplyError } from '../errors';
import type { SecretDelivery } from '../kinds/kind';
import { textOf } from './failure';
import { assertRegular, writeSafely } from './safe-file';
import { markAsOurs, mayOverwrite } from './written-before';
import { makeDirectory } from '../make-directory';

/** For files that an apply writes secrets to. */
export interface SecretFileOptions {
  /** Base of relative paths, which must not leave it. */
  readonly directory: string;
  /** Host, and port if there is one, under which clients will use the registry. */
  readonly registry: string;
}

/**
 * Whether the secret of this robot may be written to this file: a path that validate would refuse, or a file that
 * someone else wrote, is refused here, before Harbor generates the secret.
 * @throws ApplyError that names the file
 */
export async function checkSecretFile(path: string, robot: string, { directory }: SecretFileOptions): Promise<void> {
  try {
    await usable(path, robot, directory);
  } catch (cause) {
    throw new ApplyError(`the secret of ${robot} cannot be written to ${path}: ${textOf(cause)}`, path, { cause });
  }
}

/**
 * Writes a secret that Harbor returned once to a file that only its owner can read. Returns the path.
 * @throws ApplyError that names the file and never the secret
 */
export async function writeSecretFile(delivery: SecretDelivery, options: SecretFileOptions): Promise<string> {
  const { username, robot } = delivery;
  try {
    const file = await usable(delivery.file, robot, options.directory);
    const text = secretText(delivery, options.registry);
    await markAsOurs(file, text);
    await writeSafely(file, text);
    return file;
  } catch (cause) {
    const message = `the secret of ${username} could not be written to ${delivery.file}: ${textOf(cause)}`;
    throw new ApplyError(message, delivery.file, { cause });
  }
}

/** The file, with its folder created, after checking that it contains nothing that others wrote. */
async function usable(path: string, robot: string, directory: string): Promise<string> {
  if (isAbsolute(path)) throw new Error('the path must be relative to the policies directory');
  const file = resolve(directory, path);
  await assertInside(await nearestFolder(dirname(file)), directory);
  await makeDirectory(dirname(file), { mode: 0o700 });
  await assertInside(dirname(file), directory);
  await assertRegular(file);
  if (await mayOverwrite(file, robot)) return file;
  throw new Error('the file was not written by breakwater; move it away and apply again');
}

/** Checks the path before a folder is created, so that none is created outside. */
async function nearestFolder(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  return isThere || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

/** A symbolic link in the path would lead to a place that was not reviewed. */
async function assertInside(parent: string, directory: string): Promise<void> {
  const way = relative(await realpath(directory), await realpath(parent));
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw new Error(`the path leads out of ${directory}`);
}

/** The content of the file. */
export function secretText(delivery: SecretDelivery, registry: string): string {
  switch (delivery.as) {
    case 'plain':
      return `${delivery.secret}\n`;
    case 'dockerconfigjson':
      return `${dockerConfig(delivery, registry)}\n`;
    case 'kubernetes-secret':
      return kubernetesSecret(delivery, registry);
  }
}

function dockerConfig({ username, secret }: SecretDelivery, registry: string): string {
  const auth = base64(`${username}:${secret}`);
  return JSON.stringify({ auths: { [registry]: { username, password: secret, auth } } }, null, 2);
}

/**
 * kubernetes.io/docs: type kubernetes.io/dockerconfigjson, with one key of that name. Quoted as JSON, which is valid
 * YAML.
 */
function kubernetesSecret(delivery: SecretDelivery, registry: string): string {
  return [
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    `  name: ${JSON.stringify(delivery.name)}`,
    'type: kubernetes.io/dockerconfigjson',
    'data:',
    `  .dockerconfigjson: ${base64(dockerConfig(delivery, registry))}`,
    '',
  ].join('\n');
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

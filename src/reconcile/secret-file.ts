import { mkdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { ApplyError } from '../errors';
import type { SecretDelivery } from '../kinds/kind';
import { textOf } from './failure';
import { writeSafely } from './safe-file';

export interface SecretFileOptions {
  /** What relative paths are relative to, and may not lead out of. */
  readonly directory: string;
  /** Host, and port where there is one, under which clients will know the registry. */
  readonly registry: string;
}

/**
 * Writes a secret that Harbor told once, to a file that only its owner reads. Answers the path.
 * @throws ApplyError that names the file and never the secret
 */
export async function writeSecretFile(delivery: SecretDelivery, options: SecretFileOptions): Promise<string> {
  const file = resolve(options.directory, delivery.file);
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    if (!isAbsolute(delivery.file)) await assertInside(dirname(file), options.directory);
    await writeSafely(file, secretText(delivery, options.registry));
    return file;
  } catch (cause) {
    throw new ApplyError(
      `the secret of ${delivery.username} could not be written to ${delivery.file}: ${textOf(cause)}`,
      delivery.file,
      {
        cause,
      },
    );
  }
}

/** A link on the way would lead a reviewed path to a place that nobody reviewed. */
async function assertInside(parent: string, directory: string): Promise<void> {
  const way = relative(await realpath(directory), await realpath(parent));
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw new Error(`the path leads out of ${directory}`);
}

/** What stands in the file. */
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

/** kubernetes.io/docs: type kubernetes.io/dockerconfigjson, one key of that name. Quoted as JSON, which YAML reads. */
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

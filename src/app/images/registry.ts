import { compact } from '../../compact';
import { UsageError } from '../../errors';
import { parseImageName, RegistryClient, type Credential } from '../../oci';
import type { AppContext } from '../context';
import { readCa } from '../read-ca';

/** Where images of a release are looked for, and with which login. */
export interface RegistryOptions {
  /** Registry of the images: `docker.io`, or a mirror of it with a path, `registry.example.com/hub`. */
  readonly registry: string;
  readonly username?: string;
  /** Name of the environment variable that holds the password or token. */
  readonly passwordEnv?: string;
  /** PEM of a private CA. */
  readonly caFile?: string;
  /** Plain HTTP: only for a registry on this machine. */
  readonly insecure?: boolean;
}

/** A registry, and the prefix of each image's name in it. */
export interface OpenRegistry {
  readonly client: RegistryClient;
  /** Prefix in an image's name: empty for Docker Hub, else `registry.example.com/hub/`. */
  readonly prefix: string;
  /** Path before the repository: empty, or `hub/`. */
  readonly path: string;
}

const DOCKER_HUB = 'docker.io';

/** @throws UsageError */
export async function openRegistry(context: AppContext, options: RegistryOptions): Promise<OpenRegistry> {
  const { registry, username, caFile, insecure = false } = options;
  const parsed = parseImageName(`${registry.replace(/\/+$/, '')}/x`);
  if ('problem' in parsed || parsed.value.writtenHost === undefined)
    throw new UsageError(
      `"${registry}" is not a valid registry`,
      'pass a host, with a path if needed: registry.example.com/hub',
    );
  const { registry: host, repository } = parsed.value;
  const isHub = host === DOCKER_HUB;
  const path = isHub ? '' : repository.replace(/x$/, '');
  const client = RegistryClient.open(
    compact({
      url: isHub ? 'https://registry-1.docker.io' : `${insecure ? 'http' : 'https'}://${host}`,
      realms: isHub ? ['https://auth.docker.io'] : undefined,
      ca: caFile === undefined ? undefined : await readCa('--ca-file', caFile),
      credential: username === undefined ? undefined : credentialOf(context, username, options.passwordEnv),
    }),
  );
  return { client, path, prefix: isHub ? '' : `${host}/${path}` };
}

/**
 * The password is masked in all output from here on.
 * @throws UsageError if the variable is missing or empty
 */
function credentialOf({ env, secrets }: AppContext, username: string, variable: string | undefined): Credential {
  const password = variable === undefined ? undefined : env[variable];
  if (password === undefined || password === '')
    throw new UsageError(
      `the password of ${username} is not set`,
      'pass the environment variable that contains it: --password-env NAME',
    );
  secrets.remember(password);
  return { username, password: () => password };
}

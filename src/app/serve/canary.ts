import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  parseAddress,
  parseCanaryConfig,
  startCanary,
  type Canary,
  type CanaryConfig,
  type CanaryOptions,
} from '../../canary';
import { compact } from '../../compact';
import { createSecretResolver } from '../../declaration/secrets/secrets';
import { UsageError } from '../../errors';
import { fileFault } from '../../file-fault';
import { readBoundedYaml } from '../bounded-yaml';
import type { AppContext } from '../context';

/**
 * @param file with the listen addresses and the control token
 * @throws UsageError, CanaryError
 */
export async function serveCanary(context: Pick<AppContext, 'env'>, file: string): Promise<Canary> {
  const config = parseCanaryConfig(await readBoundedYaml(file, 'see docs/guides/canary.md'));
  return startCanary(await toOptions(config, dirname(resolve(file)), context));
}

/** Paths are relative to the configuration file, not to the working directory. */
async function toOptions(
  { listen, tls, control }: CanaryConfig,
  baseDirectory: string,
  { env }: Pick<AppContext, 'env'>,
): Promise<CanaryOptions> {
  const secret = createSecretResolver({ env, baseDirectory });
  return compact({
    ...parseAddress(listen),
    tls: tls && {
      cert: await read(resolve(baseDirectory, tls.cert_file)),
      key: await read(resolve(baseDirectory, tls.key_file)),
    },
    control: control && { ...parseAddress(control.listen), token: await secret(control.token) },
  });
}

/** @throws UsageError */
async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read: ${fileFault(cause)}`, 'paths are relative to the configuration');
  });
}

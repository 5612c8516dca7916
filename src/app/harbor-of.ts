import { compact } from '../compact';
import { harborUrlFault } from '../declaration/checks/harbor-url';
import type { HarborConnection } from '../declaration/declaration';
import { UsageError } from '../errors';
import type { AppContext } from './context';
import { loadOrThrow, type PolicySource } from './load';
import type { Connectable } from './session';

/** The login for a Harbor that is named on the command line. */
export interface CredentialOptions {
  readonly username?: string;
  /** Name of the variable, so that the password is in no process list. */
  readonly passwordEnv: string;
  readonly robot?: string;
  /** Likewise. */
  readonly robotSecretEnv: string;
  readonly caFile?: string;
}

/** Which Harbor, for commands that may run before there are policies. */
export interface HarborOptions extends PolicySource, CredentialOptions {
  readonly url?: string;
}

/** @throws UsageError, DeclarationError */
export async function harborFrom(context: AppContext, options: HarborOptions): Promise<Connectable> {
  if (options.url !== undefined)
    return { directory: options.policies, harbor: harborOnCommandLine(options, options.url, '--url') };
  const declaration = await loadOrThrow(context, options);
  if (declaration.harbor) return declaration;
  throw new UsageError(
    `${options.policies} declares no Harbor`,
    'pass one: --url https://harbor.example.com --username admin, with the password in HARBOR_PASSWORD',
  );
}

/** @throws UsageError */
export function harborOnCommandLine(options: CredentialOptions, url: string, flag: string): HarborConnection {
  const { username, passwordEnv, robot, robotSecretEnv, caFile } = options;
  if (username === undefined && robot === undefined)
    throw new UsageError(`${flag} needs a user or a robot`, 'add --username admin, or --robot robot$gitops');
  return compact({
    url,
    username,
    password: username === undefined ? undefined : { env: passwordEnv },
    robot: robot === undefined ? undefined : { name: robot, secret: { env: robotSecretEnv } },
    ca_file: caFile,
  });
}

/** The URL of a Harbor that a person typed. @throws UsageError */
export function harborUrl(text: string): string {
  const fault = harborUrlFault(text);
  if (fault) throw new UsageError(`${text}: ${fault.message}`, fault.hint);
  return text.replace(/\/$/, '');
}

import type { Diagnostic, Severity } from '../../diagnostic';
import { SecretError, type SecretErrorCode } from '../../errors';
import type { DeclaredSecret } from '../declaration';
import type { ResolveSecret } from './secrets';

/** How strict the check is: `validate` may run where the secrets are not, `apply` may not. */
export interface SecretCheckOptions {
  readonly resolve: ResolveSecret;
  /** An apply needs every secret; when policies are only read, a missing one is a warning. Default: warning. */
  readonly severity?: Severity;
  /** Commands may prompt a person or call a server, so they only run on request. Default: false. */
  readonly runCommands?: boolean;
}

/** Ids of the findings, listed in docs/guides/declaration.md. */
const RULES: Readonly<Record<SecretErrorCode, string>> = {
  SECRET_UNSET: 'secret-unset',
  SECRET_UNREADABLE: 'secret-unreadable',
  SECRET_PERMISSIONS: 'secret-permissions',
  SECRET_COMMAND: 'secret-command',
};

/** Whether each declared secret can be resolved here. The values are discarded. */
export async function checkSecretsResolvable(
  secrets: readonly DeclaredSecret[],
  { resolve, severity = 'warning', runCommands = false }: SecretCheckOptions,
): Promise<Diagnostic[]> {
  const checked = secrets.filter(({ reference }) => runCommands || !('command' in reference));
  const findings = await Promise.all(checked.map((secret) => problemWith(secret, resolve, severity)));
  return findings.filter((finding) => finding !== undefined);
}

async function problemWith(
  { reference, path, at }: DeclaredSecret,
  resolve: ResolveSecret,
  severity: Severity,
): Promise<Diagnostic | undefined> {
  try {
    await resolve(reference);
    return undefined;
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    return {
      rule: RULES[error.code],
      severity: severityOf(error, severity),
      message: `${path}: ${error.message}`,
      at,
      path,
    };
  }
}

/** A file that others can read is a leak, no matter which user runs this. */
function severityOf({ code }: SecretError, severity: Severity): Severity {
  return code === 'SECRET_PERMISSIONS' ? 'error' : severity;
}

/**
 * A secret is never written in a file, only referenced: an environment variable, a file that only its owner can read,
 * or a command (sops, vault, op, aws …) whose standard output is the value.
 */
export type SecretReference =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly string[] };

/** Exactly one of the three keys and nothing else. The value of the key is not checked. */
export function isSecretReference(value: unknown): value is SecretReference {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === 'env' || keys[0] === 'file' || keys[0] === 'command');
}

/**
 * The name of a secret in a plan, a log or an error: `env DOCKERHUB_TOKEN`, `file /run/secrets/oidc`, `command sops`.
 */
export function describeSecretReference(reference: SecretReference): string {
  if ('env' in reference) return `env ${reference.env}`;
  if ('file' in reference) return `file ${reference.file}`;
  // Only the program, because arguments of a command can contain paths or keys that do not belong in a report.
  return `command ${reference.command[0] ?? ''}`;
}

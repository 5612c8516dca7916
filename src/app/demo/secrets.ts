import { randomBytes } from 'node:crypto';
import type { Declaration } from '../../declaration/declaration';

/** A value for every declared environment variable that is not set: a demo needs no real secrets. */
export function demoEnvironment(
  declaration: Declaration,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const invented = (declaration.secrets ?? []).flatMap(({ reference }) =>
    'env' in reference && !env[reference.env] ? [[reference.env, inventedSecret()] as const] : [],
  );
  return { ...env, ...Object.fromEntries(invented) };
}

/** Satisfies Harbor's rule for robots: 8 to 128 characters with upper case, lower case and a digit. */
export function inventedSecret(): string {
  return `Demo1${randomBytes(12).toString('hex')}`;
}

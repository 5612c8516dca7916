import { isRecord } from '../../json';

interface SecretAt {
  readonly path: readonly string[];
  readonly message: string;
  readonly hint: string;
}

/** Values of the chart that hold a secret, by their last key; a key of a map such as `expose.tls.secret` holds none. */
const SECRET_KEY =
  /(password|passwd|token|secret|secretkey|accesskey|accountkey|encodedkey|accesskeysecret|xsrfkey|tokenkey|htpasswdstring|privatekey)$/i;
const NAME_OF_SECRET = /(secretName|existingSecret\w*|privateKeySecret|SecretKey$)/;
const TLS_KEY = /^internalTLS\.\w+\.key$/;
const ENV_NAME = /(PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|(ACCESS|PRIVATE|API|ACCOUNT)_?KEY)/i;
const IN_TEXT = /-----BEGIN [A-Z ]*PRIVATE KEY-----|:\/\/[^/\s:@]*:[^/\s@]+@/;

/** Secrets in values: they would be in Git, in Terraform's plan and state, and in Helm's record of the release. */
export function secretsIn(value: unknown, path: readonly string[] = []): SecretAt[] {
  if (typeof value === 'string') return isSecret(value, path) ? [{ path, ...SAID }] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(item, [...path, String(index)]));
  if (!isRecord(value)) return [];
  if (isEnvSecret(value)) return [{ path: [...path, 'value'], ...SAID_OF_ENV }];
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, [...path, key]));
}

const SAID = {
  message: 'do not write secrets into this file, which is in Git',
  hint: 'create a Secret in the namespace and name it: cluster.secrets, or the existingSecret of the value',
};
const SAID_OF_ENV = { ...SAID, hint: 'use valueFrom: { secretKeyRef: { name: SECRET, key: KEY } }' };

function isSecret(value: string, path: readonly string[]): boolean {
  if (value === '') return false;
  if (IN_TEXT.test(value) || TLS_KEY.test(path.join('.'))) return true;
  const key = path.at(-1) ?? '';
  // Existing Secrets are named, and existingSecretAdminPasswordKey is the name of a key.
  if (key === 'secretKey') return path.length === 1;
  return !NAME_OF_SECRET.test(key) && SECRET_KEY.test(key);
}

/** An item of extraEnvVars. */
function isEnvSecret({ name, value }: Readonly<Record<string, unknown>>): boolean {
  return typeof name === 'string' && typeof value === 'string' && value !== '' && ENV_NAME.test(name);
}

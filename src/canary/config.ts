import { Ajv } from 'ajv';
import { parse } from 'yaml';
import type { SecretReference } from '../secret-reference';
import { CanaryError } from '../errors';

/**
 * The only configuration file of a canary. Paths are relative to it.
 *
 *      listen: 0.0.0.0:5000              Harbor pulls here
 *      tls: { cert_file: c.pem, key_file: k.pem }
 *      control:
 *        listen: 127.0.0.1:5001          `conform` sends its commands here
 *        token: { file: token }
 */
export interface CanaryConfig {
  /** `host:port`, where Harbor connects to it. */
  readonly listen: string;
  /** PEM files; for both ports. */
  readonly tls?: { readonly cert_file: string; readonly key_file: string };
  /** Absent: it accepts no commands and never misbehaves. */
  readonly control?: { readonly listen: string; readonly token: SecretReference };
}

const text = { type: 'string', minLength: 1, maxLength: 4096 };
const address = { type: 'string', pattern: '^.+:[0-9]{1,5}$', maxLength: 300 };
const secret = {
  type: 'object',
  properties: { env: text, file: text, command: { type: 'array', items: text, minItems: 1 } },
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
};
const SCHEMA = {
  type: 'object',
  properties: {
    listen: address,
    tls: {
      type: 'object',
      properties: { cert_file: text, key_file: text },
      required: ['cert_file', 'key_file'],
      additionalProperties: false,
    },
    control: {
      type: 'object',
      properties: { listen: address, token: secret },
      required: ['listen', 'token'],
      additionalProperties: false,
    },
  },
  required: ['listen'],
  additionalProperties: false,
};

/** @throws CanaryError that names the position; it never repeats a value, which may be a misplaced secret */
export function parseCanaryConfig(yaml: string): CanaryConfig {
  let value: unknown;
  try {
    value = parse(yaml);
  } catch {
    throw new CanaryError('the configuration of the canary is not valid YAML');
  }
  const validate = new Ajv({ strict: true }).compile<CanaryConfig>(SCHEMA);
  if (validate(value)) return value;
  const [error] = validate.errors ?? [];
  const where = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  throw new CanaryError(`the configuration of the canary: ${where || 'at the top'}: ${error?.message ?? 'wrong'}`);
}

/**
 * `host:port`, with brackets around an IPv6 address: `[::1]:5000` is `{ host: '::1', port: 5000 }`. Port 0 is any
 * free one.
 * @throws CanaryError
 */
export function parseAddress(address: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(address) ?? [];
  if (host === '' || Number(port) > 65_535) throw new CanaryError(`listen takes host:port, not ${address}`);
  return { host: host.replace(/^\[(.+)\]$/, '$1'), port: Number(port) };
}

import type { StateEnvironment } from './state-schema';

/** A backend block of Terraform, as data. */
export interface BackendSpec {
  readonly type: string;
  readonly properties: Readonly<Record<string, OptionValue>>;
}

type OptionValue = string | boolean | Readonly<Record<string, string>>;

/**
 * Where the state of one stack is stored: every stack of every environment has its own. A local path is relative to
 * cdktf.out/stacks/<stack>, the directory in which Terraform runs.
 */
export function backendSpec(state: StateEnvironment | undefined, environment: string, stack: string): BackendSpec {
  const { backend, key_prefix: prefix, ...options }: StateEnvironment = state ?? { backend: 'local' };
  const place = `${typeof prefix === 'string' ? `${prefix.replace(/\/$/, '')}/` : ''}${environment}/${stack}`;
  const properties = Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, string | boolean] => entry[1] !== undefined),
  );
  switch (backend) {
    case 'local':
      return { type: 'local', properties: { path: `../../../state/${environment}/${stack}.tfstate` } };
    case 's3':
      return {
        type: 's3',
        properties: { encrypt: true, use_lockfile: true, ...s3Options(properties), key: `${place}.tfstate` },
      };
    case 'gcs':
      return { type: 'gcs', properties: { ...properties, prefix: place } };
    case 'azurerm':
      return { type: 'azurerm', properties: { ...properties, key: `${place}.tfstate` } };
    case 'http':
      return { type: 'http', properties: httpOptions(String(properties['address']), environment, stack) };
    case 'pg':
      return { type: 'pg', properties: { schema_name: `${environment}_${stack}`.replaceAll('-', '_') } };
  }
}

type Options = Record<string, OptionValue>;

function s3Options({ endpoint, ...rest }: Options): Options {
  if (typeof endpoint !== 'string') return rest;
  // S3-compatible storage other than AWS has no STS and no regions to validate.
  const skipped = { skip_credentials_validation: true, skip_region_validation: true, skip_requesting_account_id: true };
  return { ...rest, ...skipped, use_path_style: true, endpoints: { s3: endpoint } };
}

/** GitLab's form: one address with /lock below it. */
function httpOptions(base: string, environment: string, stack: string): Options {
  const address = `${base.replace(/\/$/, '')}/${environment}-${stack}`;
  return {
    address,
    lock_address: `${address}/lock`,
    unlock_address: `${address}/lock`,
    lock_method: 'POST',
    unlock_method: 'DELETE',
  };
}

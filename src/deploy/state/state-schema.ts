/** The `state:` section: where Terraform stores its state. Keys next to `backend` are the backend's own options. */
export interface StateEnvironment {
  readonly backend: 'local' | 's3' | 'gcs' | 'azurerm' | 'http' | 'pg';
  readonly [option: string]: string | boolean | undefined;
}

const text = (description: string) => ({ description, type: 'string', minLength: 1, maxLength: 1024 }) as const;
const flag = (description: string) => ({ description, type: 'boolean' }) as const;

/** The options contain no credentials: each backend has environment variables for them. */
const BACKENDS = {
  local: { properties: {}, required: [] },
  s3: {
    properties: {
      bucket: text('The bucket.'),
      region: text('Its region.'),
      key_prefix: text('Before <environment>/<stack>.tfstate.'),
      endpoint: text('Endpoint of S3-compatible storage that is not AWS.'),
      kms_key_id: text('Key for encryption.'),
      use_lockfile: flag('Lock with a file next to the state (Terraform 1.10 and later).'),
    },
    required: ['bucket', 'region'],
  },
  gcs: {
    properties: { bucket: text('The bucket.'), key_prefix: text('Before <environment>/<stack>.') },
    required: ['bucket'],
  },
  azurerm: {
    properties: {
      resource_group_name: text('The resource group.'),
      storage_account_name: text('The storage account.'),
      container_name: text('The container.'),
      key_prefix: text('Before <environment>/<stack>.tfstate.'),
    },
    required: ['storage_account_name', 'container_name'],
  },
  http: {
    properties: { address: text('The URL before /<environment>-<stack>, such as GitLab’s terraform/state.') },
    required: ['address'],
  },
  pg: { properties: {}, required: [] },
} as const;

/**
 *      state: { backend: s3, bucket: platform-state, region: eu-central-1, key_prefix: harbor }
 *      state: { backend: http, address: 'https://gitlab.example.com/api/v4/projects/7/terraform/state' }
 *      state: { backend: pg }
 *
 * One branch for each backend, so that an option of another one is an unknown key. No credentials: Terraform reads them
 * from the environment, and this file is committed.
 */
export const stateSchema = {
  description:
    "Backend of Terraform's state; default: state/<environment>/. Credentials come from environment variables.",
  type: 'object',
  properties: { backend: { description: 'Type of the backend.', enum: Object.keys(BACKENDS) } },
  required: ['backend'],
  oneOf: Object.entries(BACKENDS).map(([backend, { properties, required }]) => ({
    title: `backend: ${backend}`,
    properties: { backend: { const: backend }, ...properties },
    required: ['backend', ...required],
    additionalProperties: false,
  })),
} as const;

/** Names of the Kubernetes Secrets that an environment of a cluster declares. */
export const CLUSTER_SECRETS = {
  admin: 's-admin',
  secretkey: 's-key',
  core: 's-core',
  token: 's-token',
  xsrf: 's-xsrf',
  jobservice: 's-job',
  registry: 's-reg',
  registry_credentials: 's-cred',
  database: 's-db',
} as const;

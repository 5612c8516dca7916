import { objectName } from './object-name';

/** Names of Secrets that already exist in the namespace. */
export interface ClusterSecrets {
  /** Key HARBOR_ADMIN_PASSWORD. */
  readonly admin: string;
  /** Key secretKey, 16 characters. */
  readonly secretkey: string;
  /** Key secret, 16 characters. */
  readonly core: string;
  /** Keys tls.crt and tls.key: they sign tokens. */
  readonly token: string;
  /** Key CSRF_KEY, 32 characters. */
  readonly xsrf: string;
  /** Key JOBSERVICE_SECRET. */
  readonly jobservice: string;
  /** Key REGISTRY_HTTP_SECRET. */
  readonly registry: string;
  /** Keys REGISTRY_PASSWD and REGISTRY_HTPASSWD. */
  readonly registry_credentials: string;
  /** Key password. */
  readonly database: string;
  /** Key REDIS_PASSWORD, with a user REDIS_USERNAME as well; absent if Redis needs none. */
  readonly redis?: string;
  /** Keys REGISTRY_STORAGE_S3_ACCESSKEY and REGISTRY_STORAGE_S3_SECRETKEY; absent if pods have a role. */
  readonly s3?: string;
  /** Key GCS_KEY_DATA; absent with workload identity. */
  readonly gcs?: string;
  /** Key AZURE_STORAGE_ACCESS_KEY. */
  readonly azure?: string;
}

const holds: Readonly<Record<keyof ClusterSecrets, string>> = {
  admin: 'HARBOR_ADMIN_PASSWORD.',
  secretkey: 'secretKey, 16 characters: it encrypts every stored credential.',
  core: 'secret, 16 characters.',
  token: 'tls.crt and tls.key, with which tokens are signed.',
  xsrf: 'CSRF_KEY, 32 characters.',
  jobservice: 'JOBSERVICE_SECRET.',
  registry: 'REGISTRY_HTTP_SECRET.',
  registry_credentials: 'REGISTRY_PASSWD and REGISTRY_HTPASSWD.',
  database: 'password.',
  redis: 'REDIS_PASSWORD; with charts from 1.18 on also REDIS_USERNAME, for a user of its access control list.',
  s3: 'REGISTRY_STORAGE_S3_ACCESSKEY and REGISTRY_STORAGE_S3_SECRETKEY.',
  gcs: 'GCS_KEY_DATA, the JSON key of a service account.',
  azure: 'AZURE_STORAGE_ACCESS_KEY.',
};

const OPTIONAL: ReadonlySet<string> = new Set(['redis', 's3', 'gcs', 'azure']);

/**
 * Required is what every deployment needs; the others belong to one kind of storage, or to a Redis with a password. The
 * chart would fill the missing ones with public defaults, or generate new ones (HP002, HP003, HP004).
 */
export const secretsSchema = {
  description: 'Names of Secrets in the namespace; their values are never read.',
  type: 'object',
  properties: Object.fromEntries(Object.entries(holds).map(([key, text]) => [key, objectName(`Holds ${text}`)])),
  required: Object.keys(holds).filter((key) => !OPTIONAL.has(key)),
  additionalProperties: false,
};

import { compact } from '../../compact';
/** The `cluster:` section: the same Harbor with its official chart, for installations that outgrow one machine. */
export interface ClusterEnvironment {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  /** From https://helm.goharbor.io; 1.19 is for Harbor 2.15. */
  readonly chart_version: string;
  readonly replicas?: number;
  readonly ingress: { readonly class?: string; readonly tls_secret: string };
  /** Names of Secrets of the type kubernetes.io/dockerconfigjson, for images from registries with a login. */
  readonly pull_secrets?: readonly string[];
  /** Names of Secrets that already exist in the namespace. */
  readonly secrets: ClusterSecrets;
}

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
  /** Key REDIS_PASSWORD; absent if Redis needs none. */
  readonly redis?: string;
  /** Keys REGISTRY_STORAGE_S3_ACCESSKEY and REGISTRY_STORAGE_S3_SECRETKEY; absent if pods have a role. */
  readonly s3?: string;
}

export const DEFAULT_NAMESPACE = 'harbor';
export const DEFAULT_REPLICAS = 2;
export const DEFAULT_INGRESS_CLASS = 'traefik';

const objectName = (description: string, fallback?: string) =>
  compact({
    description,
    type: 'string',
    pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
    maxLength: 253,
    default: fallback,
  });

const secrets = {
  admin: 'HARBOR_ADMIN_PASSWORD.',
  secretkey: 'secretKey, 16 characters: it encrypts every stored credential.',
  core: 'secret, 16 characters.',
  token: 'tls.crt and tls.key, with which tokens are signed.',
  xsrf: 'CSRF_KEY, 32 characters.',
  jobservice: 'JOBSERVICE_SECRET.',
  registry: 'REGISTRY_HTTP_SECRET.',
  registry_credentials: 'REGISTRY_PASSWD and REGISTRY_HTPASSWD.',
  database: 'password.',
  redis: 'REDIS_PASSWORD.',
  s3: 'REGISTRY_STORAGE_S3_ACCESSKEY and REGISTRY_STORAGE_S3_SECRETKEY.',
};

export const clusterSchema = {
  description: 'Harbor in Kubernetes by its official chart, instead of containers on one host.',
  type: 'object',
  properties: {
    kubeconfig: {
      description: 'The file; default: KUBE_CONFIG_PATH.',
      type: 'string',
      minLength: 1,
      maxLength: 4096,
    },
    context: { description: 'The context in it.', type: 'string', minLength: 1, maxLength: 255 },
    namespace: objectName('The namespace, which must exist.', DEFAULT_NAMESPACE),
    chart_version: {
      description: 'Of the chart; 1.19.x is Harbor 2.15.',
      type: 'string',
      pattern: '^1\\.[0-9]+\\.[0-9]+$',
    },
    replicas: {
      description: 'Pods of each service.',
      type: 'integer',
      minimum: 2,
      maximum: 50,
      default: DEFAULT_REPLICAS,
    },
    ingress: {
      description: 'Ingress.',
      type: 'object',
      properties: {
        class: objectName('The ingress class.', DEFAULT_INGRESS_CLASS),
        tls_secret: objectName('The Secret with the certificate, as cert-manager creates it.'),
      },
      required: ['tls_secret'],
      additionalProperties: false,
    },
    pull_secrets: {
      description: 'Secrets with a login for the registries of the images (kubernetes.io/dockerconfigjson), by name.',
      type: 'array',
      items: objectName('A Secret in the namespace.'),
      minItems: 1,
      maxItems: 16,
      uniqueItems: true,
    },
    secrets: {
      description: 'Names of Secrets in the namespace; their values are never read.',
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(secrets).map(([key, holds]) => [key, objectName(`Holds ${holds}`)]),
      ),
      required: Object.keys(secrets).filter((key) => key !== 'redis' && key !== 's3'),
      additionalProperties: false,
    },
  },
  required: ['chart_version', 'ingress', 'secrets'],
  additionalProperties: false,
} as const;

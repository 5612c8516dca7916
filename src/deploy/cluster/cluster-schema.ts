import { durationField } from '../../duration';
import type { ChartValues } from './merge-values';
import { objectName, textMap } from './object-name';
import {
  componentsSchema,
  MAX_REPLICAS,
  maxUnavailable,
  podsSchema,
  type ComponentId,
  type ComponentSettings,
  type PodSettings,
} from './pods-schema';
import { secretsSchema, type ClusterSecrets } from './secrets-schema';

/** The `cluster:` section: the same Harbor with its official chart, for installations that outgrow one machine. */
export interface ClusterEnvironment {
  /** Default: KUBE_CONFIG_PATH. */
  readonly kubeconfig?: string;
  /** Default: the current one of the file. */
  readonly context?: string;
  /** It must exist. Default: `DEFAULT_NAMESPACE`. */
  readonly namespace?: string;
  /** From https://helm.goharbor.io; 1.19 is for Harbor 2.15. */
  readonly chart_version: string;
  /** Pods of each component, 2 to 50. Default: `DEFAULT_REPLICAS`. */
  readonly replicas?: number;
  /** Pods of a component that a drain may evict at a time. Default: 1. */
  readonly max_unavailable?: number;
  readonly ingress?: ClusterIngress;
  /** Instead of ingress, from chart 1.18 on. */
  readonly gateway?: ClusterGateway;
  readonly pods?: PodSettings;
  readonly components?: Readonly<Partial<Record<ComponentId, ComponentSettings>>>;
  /** Names of Secrets of the type kubernetes.io/dockerconfigjson, for images from registries with a login. */
  readonly pull_secrets?: readonly string[];
  /** A Secret with the key ca.crt. */
  readonly ca_bundle_secret?: string;
  readonly proxy?: ClusterProxy;
  readonly service_monitor?: ServiceMonitor;
  readonly volumes?: { readonly trivy?: ClaimSettings; readonly registry?: ClaimSettings };
  /** Names of Secrets that already exist in the namespace. */
  readonly secrets: ClusterSecrets;
  /** Values of the chart, merged last. */
  readonly values?: ChartValues;
}

/** TLS ends at the ingress; its certificate is in `tls_secret`. */
export interface ClusterIngress {
  /** Default: `DEFAULT_INGRESS_CLASS`. */
  readonly class?: string;
  readonly tls_secret: string;
  /** Default: `default`. Others need other paths in the Ingress. */
  readonly controller?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** HTTPRoutes of the Gateway API, attached to the listed parents. */
export interface ClusterGateway {
  readonly parents: readonly { readonly name: string; readonly namespace?: string; readonly section?: string }[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Absent `components`: those of `DEFAULT_PROXY_COMPONENTS`. */
export interface ClusterProxy {
  readonly http?: string;
  readonly https?: string;
  /** Separated by commas; the chart adds Harbor's own services. */
  readonly no_proxy?: string;
  readonly components?: readonly string[];
}

/** An object of the Prometheus operator. */
export interface ServiceMonitor {
  readonly labels?: Readonly<Record<string, string>>;
  /** How often Prometheus scrapes, such as `30s`. Default: that of Prometheus. */
  readonly interval?: string;
}

/** A volume for pods. Defaults: the cluster's StorageClass, 5Gi, and the access mode that the component needs. */
export interface ClaimSettings {
  readonly storage_class?: string;
  readonly size?: string;
  readonly access_mode?: string;
  /** A claim that is there already, instead of a new one. */
  readonly existing_claim?: string;
}

/** The name in the documentation of the chart. */
export const DEFAULT_NAMESPACE = 'harbor';
/** Two, so that the loss of a node leaves one. */
export const DEFAULT_REPLICAS = 2;
/** With two replicas, a drain then always leaves one. */
export const DEFAULT_MAX_UNAVAILABLE = 1;
/** As for a single host, where Traefik is the front as well. */
export const DEFAULT_INGRESS_CLASS = 'traefik';
/** Components that connect to something outside of the cluster: upstreams, Trivy's database, storage. */
export const PROXY_COMPONENTS = ['core', 'jobservice', 'trivy', 'registry'] as const;
/** Without registry: it needs the proxy only if its storage is behind it. */
export const DEFAULT_PROXY_COMPONENTS: readonly string[] = ['core', 'jobservice', 'trivy'];

/** Annotations and labels of one object: ingress controllers and cert-manager are configured by them. */
const marks = (what: string) => ({
  annotations: textMap(`Annotations of the ${what}; those of the chart stay.`),
  labels: textMap(`Labels of the ${what}.`),
});

const ingressSchema = {
  description: 'Ingress.',
  type: 'object',
  properties: {
    class: objectName('The ingress class.', DEFAULT_INGRESS_CLASS),
    tls_secret: objectName('The Secret with the certificate, as cert-manager creates it.'),
    controller: {
      description: 'The controller, if its paths are written in another way.',
      enum: ['default', 'gce', 'ncp', 'alb', 'f5-bigip'],
      default: 'default',
    },
    ...marks('Ingress'),
  },
  required: ['tls_secret'],
  additionalProperties: false,
} as const;

/** TLS ends at the Gateway, which belongs to the operators of the cluster: no Secret is named here. */
const gatewaySchema = {
  description: 'An HTTPRoute of the Gateway API instead of an Ingress; the Gateway ends TLS. Charts from 1.18 on.',
  type: 'object',
  properties: {
    parents: {
      description: 'The Gateways that it belongs to.',
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: objectName('The Gateway.'),
          namespace: objectName('Its namespace; default: that of Harbor.'),
          section: objectName('Its listener, such as https.'),
        },
        required: ['name'],
        additionalProperties: false,
      },
      minItems: 1,
      maxItems: 16,
    },
    ...marks('HTTPRoute'),
  },
  required: ['parents'],
  additionalProperties: false,
} as const;

/** With a login it would be a secret in Git. */
const proxyUrl = (description: string) =>
  ({
    description,
    type: 'string',
    title: 'an http:// or https:// URL without a login and a path',
    pattern: '^https?://[^@\\s/]+/?$',
    maxLength: 2048,
  }) as const;

const proxySchema = {
  description: 'The HTTP proxy of the pods, for upstreams and Trivy’s database.',
  type: 'object',
  properties: {
    http: proxyUrl('The proxy for plain HTTP, without a login.'),
    https: proxyUrl('The proxy for HTTPS, without a login.'),
    no_proxy: {
      description:
        'Hosts and networks that are reached directly, separated by commas; Harbor’s own services are added. Default: `127.0.0.1,localhost,.local,.internal`.',
      type: 'string',
      minLength: 1,
      maxLength: 4096,
    },
    components: {
      description: 'Who uses it; registry only where the storage is behind it.',
      type: 'array',
      items: { enum: PROXY_COMPONENTS },
      minItems: 1,
      uniqueItems: true,
      default: DEFAULT_PROXY_COMPONENTS,
    },
  },
  minProperties: 1,
  additionalProperties: false,
} as const;

/** @param mode the access mode by default: a volume that several pods share must be ReadWriteMany */
const claim = (description: string, size: string, mode: string) => ({
  description,
  type: 'object',
  properties: {
    storage_class: objectName('The StorageClass; default: that of the cluster.'),
    size: {
      description: 'Its size.',
      type: 'string',
      title: 'a size such as 10Gi',
      pattern: '^[1-9][0-9]*(Mi|Gi|Ti)$',
      maxLength: 16,
      default: size,
    },
    access_mode: {
      description: 'Its access mode.',
      enum: ['ReadWriteOnce', 'ReadWriteMany', 'ReadWriteOncePod'],
      default: mode,
    },
    existing_claim: objectName('A PersistentVolumeClaim that is there already, instead of a new one.'),
  },
  additionalProperties: false,
});

/**
 *      cluster:
 *        chart_version: 1.19.2
 *        replicas: 3
 *        ingress: { tls_secret: harbor-tls }
 *        secrets: { admin: harbor-admin, secretkey: harbor-secretkey, … }
 *        values: { logLevel: warning }        of the chart itself, merged last
 */
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
      description: 'Of the chart; it belongs to one release of Harbor, such as 1.19.2 to v2.15.2.',
      type: 'string',
      title: 'the version of a chart, such as 1.19.2',
      pattern: '^1\\.[0-9]+\\.[0-9]+$',
    },
    replicas: {
      description: 'Pods of each component.',
      type: 'integer',
      minimum: 2,
      maximum: MAX_REPLICAS,
      default: DEFAULT_REPLICAS,
    },
    max_unavailable: maxUnavailable(
      'Pods of a component that a drain may take away at a time (PodDisruptionBudget).',
      DEFAULT_MAX_UNAVAILABLE,
    ),
    ingress: ingressSchema,
    gateway: gatewaySchema,
    pods: podsSchema,
    components: componentsSchema,
    pull_secrets: {
      description: 'Secrets with a login for the registries of the images (kubernetes.io/dockerconfigjson), by name.',
      type: 'array',
      items: objectName('A Secret in the namespace.'),
      minItems: 1,
      maxItems: 16,
      uniqueItems: true,
    },
    ca_bundle_secret: objectName(
      'A Secret with the key ca.crt: authorities that core, jobservice, registry, Trivy and the exporter trust.',
    ),
    proxy: proxySchema,
    service_monitor: {
      description: 'A ServiceMonitor for the Prometheus operator; needs harbor.metrics.',
      type: 'object',
      properties: {
        labels: textMap('Labels by which your Prometheus selects it.'),
        interval: durationField('How often it scrapes, such as 30s; default: that of Prometheus.'),
      },
      additionalProperties: false,
    },
    volumes: {
      description: 'Volumes of the pods.',
      type: 'object',
      properties: {
        trivy: claim('Trivy’s vulnerability database, one volume for each pod.', '5Gi', 'ReadWriteOnce'),
        registry: claim(
          'The images, on a volume that all pods of registry share, instead of harbor.storage.',
          '5Gi',
          'ReadWriteMany',
        ),
      },
      additionalProperties: false,
    },
    secrets: secretsSchema,
    values: {
      description:
        'Further values of the chart, merged last. Those that replace what this file sets, or that the chart does not read, are warnings; secrets are refused.',
      type: 'object',
      maxProperties: 256,
    },
  },
  required: ['chart_version', 'secrets'],
  additionalProperties: false,
} as const;

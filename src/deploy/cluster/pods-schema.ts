import { objectName, textMap } from './object-name';

/** What runs in pods; registryctl is a second container in those of registry. */
export const COMPONENTS = ['core', 'portal', 'jobservice', 'registry', 'registryctl', 'trivy', 'exporter'] as const;
/** The names of the chart's values. */
export type ComponentId = (typeof COMPONENTS)[number];
/** Those that have pods of their own. */
export type PodsId = Exclude<ComponentId, 'registryctl'>;

/** An absent one is not set: Kubernetes then reserves nothing, or limits nothing. */
interface Quantities {
  readonly cpu?: string;
  readonly memory?: string;
}

/** Quantities as Kubernetes writes them: `500m`, `1Gi`. */
export interface Resources {
  readonly requests?: Quantities;
  readonly limits?: Quantities;
}

type Spreading = 'prefer' | 'require' | 'off';

/** Where pods run and how they are marked: of all components, or of one. */
export interface PodSettings {
  readonly node_selector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  readonly affinity?: Readonly<Record<string, unknown>>;
  /** Over hosts and over zones. Default: `DEFAULT_SPREAD`. */
  readonly spread?: { readonly hosts?: Spreading; readonly zones?: Spreading };
  readonly priority_class?: string;
  readonly service_account?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What one component has instead of the settings for all of them. */
export interface ComponentSettings extends PodSettings {
  /** Default: `replicas` of the cluster. */
  readonly replicas?: number;
  /** Default: `DEFAULT_RESOURCES` of the component. */
  readonly resources?: Resources;
  /** Default: `max_unavailable` of the cluster. */
  readonly max_unavailable?: number;
}

/** Requests are what an idle Harbor uses with some room; memory has a limit, CPU none, because throttling is slow pulls. */
export const DEFAULT_RESOURCES: Readonly<Record<ComponentId, Resources>> = {
  core: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
  portal: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
  jobservice: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
  registry: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } },
  registryctl: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
  // The chart sets cpu for both; a scan without a limit takes the whole node.
  trivy: { requests: { cpu: '200m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } },
  exporter: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
};
/** `prefer`: with `require` a pod would stay pending on a cluster with one node. */
export const DEFAULT_SPREAD = 'prefer';
/** A typo such as 300 must not fill a cluster; larger Harbors need more upstream capacity, not more pods. */
export const MAX_REPLICAS = 50;

const quantities = (description: string) => ({
  description,
  type: 'object',
  properties: {
    cpu: {
      description: 'Cores, such as 500m or 2.',
      type: 'string',
      title: 'a number of cores, such as 500m or 2',
      pattern: '^[0-9]+(\\.[0-9]+)?m?$',
      maxLength: 16,
    },
    memory: {
      description: 'Bytes, such as 512Mi or 2Gi.',
      type: 'string',
      title: 'a size such as 512Mi or 2Gi',
      pattern: '^[0-9]+(\\.[0-9]+)?([kMGT]i?|Ki)?$',
      maxLength: 16,
    },
  },
  additionalProperties: false,
});

const spreading = (description: string) => ({
  description: `${description}: prefer puts pods apart where it is possible, require leaves a pod pending otherwise.`,
  enum: ['prefer', 'require', 'off'],
  default: DEFAULT_SPREAD,
});

const toleration = {
  description: 'A toleration, as Kubernetes spells it.',
  type: 'object',
  properties: {
    key: { description: 'The taint.', type: 'string', maxLength: 317 },
    operator: { description: 'How it is compared.', enum: ['Equal', 'Exists'] },
    value: { description: 'Its value.', type: 'string', maxLength: 63 },
    effect: { description: 'Its effect.', enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
    tolerationSeconds: { description: 'For how long.', type: 'integer', minimum: 0 },
  },
  additionalProperties: false,
};

/** Shared by `pods` and each of `components`, so that everything can be set for all or for one. */
const podSettings = {
  node_selector: textMap('Labels of the nodes that pods may run on.'),
  tolerations: { description: 'Taints that pods tolerate.', type: 'array', items: toleration, maxItems: 64 },
  affinity: {
    description: 'Affinity, as Kubernetes spells it: nodeAffinity, podAffinity, podAntiAffinity.',
    type: 'object',
    properties: Object.fromEntries(
      ['nodeAffinity', 'podAffinity', 'podAntiAffinity'].map((key) => [
        key,
        { description: `${key}.`, type: 'object' },
      ]),
    ),
    additionalProperties: false,
  },
  spread: {
    description:
      'How the pods of a component are distributed (topologySpreadConstraints, at most one more than elsewhere).',
    type: 'object',
    properties: { hosts: spreading('Over nodes'), zones: spreading('Over zones') },
    additionalProperties: false,
  },
  priority_class: objectName('The PriorityClass.'),
  service_account: objectName('The ServiceAccount, such as one with a role for the storage.'),
  annotations: textMap('Annotations of the pods.'),
  labels: textMap('Labels of the pods.'),
};

/**
 *      cluster:
 *        pods: { node_selector: { pool: infra }, labels: { team: platform } }     every component
 *        components:
 *          trivy: { node_selector: { pool: scan }, replicas: 1 }                  only this one
 *
 * Pods of Trivy then have `pool: scan` and still the label: each key of a component replaces that key alone.
 */
export const podsSchema = {
  description: 'Settings of the pods of every component; components: overrides them key by key.',
  type: 'object',
  properties: podSettings,
  additionalProperties: false,
};

/** By name of the component. A name that is not one is an error: its settings would apply to nothing. */
export const componentsSchema = {
  description: `Settings of one component each: ${COMPONENTS.join(', ')}.`,
  type: 'object',
  propertyNames: { title: `one of ${COMPONENTS.join(', ')}`, pattern: `^(${COMPONENTS.join('|')})$` },
  additionalProperties: {
    type: 'object',
    properties: {
      resources: {
        description: 'CPU and memory; docs/guides/cluster.md has the defaults.',
        type: 'object',
        properties: { requests: quantities('What is reserved.'), limits: quantities('What it may use at most.') },
        additionalProperties: false,
      },
      replicas: {
        description: 'Number of pods; default: cluster.replicas.',
        type: 'integer',
        minimum: 1,
        maximum: MAX_REPLICAS,
      },
      max_unavailable: maxUnavailable('Pods that a drain may take away at a time; default: cluster.max_unavailable.'),
      ...podSettings,
    },
    additionalProperties: false,
  },
};

/** At least one: a budget of none never lets a node be drained. */
export function maxUnavailable(description: string, fallback?: number): object {
  const range = { description, type: 'integer', minimum: 1, maximum: MAX_REPLICAS - 1 };
  return fallback === undefined ? range : { ...range, default: fallback };
}

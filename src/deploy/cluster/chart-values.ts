import { compact } from '../../compact';
import { stringify } from 'yaml';
import type { HarborEnvironment } from '../harbor/harbor-schema';
import type { HarborPins, ImagePin } from '../images';
import {
  DEFAULT_INGRESS_CLASS,
  DEFAULT_REPLICAS,
  type ClusterEnvironment,
  type ClusterSecrets,
} from './cluster-schema';

/**
 * The values of Harbor's chart (docs/harbor-behavior.md 11.3). Secrets are referenced by name; their values are not
 * included.
 */
export interface ChartValues {
  readonly [key: string]: unknown;
}

/** For a plan that people read line by line. */
export function chartValuesYaml(cluster: ClusterEnvironment, harbor: HarborEnvironment, pins: HarborPins): string {
  return stringify(chartValues(cluster, harbor, pins), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** @param harbor with an external database, Redis and storage: otherwise `checkCluster` reports it */
export function chartValues(cluster: ClusterEnvironment, harbor: HarborEnvironment, pins: HarborPins): ChartValues {
  const { secrets } = cluster;
  return compact({
    externalURL: `https://${harbor.hostname}`,
    imagePullSecrets: cluster.pull_secrets?.map((name) => ({ name })),
    expose: expose(cluster, harbor.hostname),
    existingSecretAdminPassword: secrets.admin,
    existingSecretSecretKey: secrets.secretkey,
    database: database(harbor, secrets),
    redis: redis(harbor, secrets),
    persistence: { enabled: true, imageChartStorage: imageStorage(harbor, secrets) },
    // Rolling update, because no part uses a volume that only one pod can mount.
    updateStrategy: { type: 'RollingUpdate' },
    enableMigrateHelmHook: true,
    metrics: { enabled: harbor.metrics === true },
    trivy: { enabled: harbor.trivy === true, ...service(cluster, pins['trivy-adapter']) },
    ...services(cluster, pins),
  });
}

function services(cluster: ClusterEnvironment, pins: HarborPins): ChartValues {
  const { secrets } = cluster;
  return {
    portal: service(cluster, pins.portal),
    core: {
      ...service(cluster, pins.core),
      existingSecret: secrets.core,
      secretName: secrets.token,
      existingXsrfSecret: secrets.xsrf,
      existingXsrfSecretKey: 'CSRF_KEY',
    },
    jobservice: {
      ...service(cluster, pins.jobservice),
      existingSecret: secrets.jobservice,
      existingSecretKey: 'JOBSERVICE_SECRET',
      // A file would need a volume that all pods can write to.
      jobLoggers: ['database'],
    },
    registry: {
      replicas: replicasOf(cluster),
      podDisruptionBudget: disruptionBudget(cluster),
      registry: imageOf(pins.registry),
      controller: imageOf(pins.registryctl),
      existingSecret: secrets.registry,
      existingSecretKey: 'REGISTRY_HTTP_SECRET',
      credentials: { existingSecret: secrets.registry_credentials },
      relativeurls: true,
    },
    exporter: service(cluster, pins.exporter),
  };
}

/**
 * Draining nodes evicts one pod of a service at a time. This uses minAvailable, because the chart has a default for it
 * that stays in addition to a maxUnavailable, and Kubernetes refuses a budget with both.
 */
function disruptionBudget(cluster: ClusterEnvironment): ChartValues {
  return { enabled: true, minAvailable: replicasOf(cluster) - 1 };
}

function service(cluster: ClusterEnvironment, pin: ImagePin | undefined): ChartValues {
  return { replicas: replicasOf(cluster), podDisruptionBudget: disruptionBudget(cluster), ...imageOf(pin) };
}

function replicasOf({ replicas }: ClusterEnvironment): number {
  return replicas ?? DEFAULT_REPLICAS;
}

/** The chart joins both with a colon, so the digest is passed with the tag. */
function imageOf(pin: ImagePin | undefined): ChartValues {
  const match = /^(.+?):([^/]+)$/.exec(pin?.image ?? '');
  return match ? { image: { repository: match[1], tag: match[2] } } : {};
}

function expose({ ingress }: ClusterEnvironment, hostname: string): ChartValues {
  return {
    type: 'ingress',
    tls: { enabled: true, certSource: 'secret', secret: { secretName: ingress.tls_secret } },
    ingress: { hosts: { core: hostname }, className: ingress.class ?? DEFAULT_INGRESS_CLASS },
  };
}

function database(
  { database: external }: HarborEnvironment,
  { database: existingSecret }: ClusterSecrets,
): ChartValues {
  const { host = '', port = 5432, username = 'postgres', sslmode = 'verify-full' } = external ?? { host: '' };
  return {
    type: 'external',
    external: { host, port: String(port), username, coreDatabase: 'registry', existingSecret, sslmode },
  };
}

function redis({ redis: external }: HarborEnvironment, { redis: existingSecret }: ClusterSecrets): ChartValues {
  const { addresses = [], sentinel_master: sentinelMasterSet, username, tls } = external ?? { addresses: [] };
  return {
    type: 'external',
    external: compact({
      addr: addresses.join(','),
      sentinelMasterSet,
      username,
      tlsOptions: tls ? { enable: true } : undefined,
      existingSecret,
    }),
  };
}

function imageStorage({ storage }: HarborEnvironment, { s3: existingSecret }: ClusterSecrets): ChartValues {
  return {
    type: 's3',
    disableredirect: true,
    s3: compact({ ...storage?.s3, existingSecret }),
  };
}

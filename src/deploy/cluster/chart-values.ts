import { compact } from '../../compact';
import { stringify } from 'yaml';
import type { HarborEnvironment } from '../harbor/harbor-schema';
import type { HarborPins } from '../images';
import { chartOf, readsValue } from './chart';
import {
  DEFAULT_INGRESS_CLASS,
  DEFAULT_PROXY_COMPONENTS,
  type ClusterEnvironment,
  type ClusterProxy,
} from './cluster-schema';
import { componentValues, containerValues } from './component-values';
import { mergeValues, type ChartValues } from './merge-values';
import type { ClusterSecrets } from './secrets-schema';
import { persistence } from './storage-values';

/** For a plan that people read line by line. */
export function chartValuesYaml(cluster: ClusterEnvironment, harbor: HarborEnvironment, pins: HarborPins): string {
  return stringify(chartValues(cluster, harbor, pins), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** @param harbor with an external database, Redis and storage: otherwise `checkCluster` reports it */
export function chartValues(cluster: ClusterEnvironment, harbor: HarborEnvironment, pins: HarborPins): ChartValues {
  return mergeValues(ownValues(cluster, harbor, pins), cluster.values);
}

/**
 * Values for the chart that follow from the environment file, without `cluster.values`.
 *
 *       environment                          chart
 *       harbor.hostname                      externalURL, expose.ingress.hosts or expose.route.hosts
 *       harbor.database, redis               database, redis: always external
 *       harbor.storage, cluster.volumes      persistence
 *       harbor.metrics, service_monitor      metrics
 *       harbor.trivy                         trivy.enabled
 *       cluster.secrets                      existingSecret… of each part: no value is a secret
 *       cluster.components, max_unavailable  replicas, resources and budgets of each part
 *       pins                                 image of each part
 */
export function ownValues(cluster: ClusterEnvironment, harbor: HarborEnvironment, pins: HarborPins): ChartValues {
  const { secrets } = cluster;
  return compact({
    externalURL: `https://${harbor.hostname}`,
    imagePullSecrets: cluster.pull_secrets?.map((name) => ({ name })),
    caBundleSecretName: cluster.ca_bundle_secret,
    proxy: cluster.proxy && proxy(cluster.proxy),
    expose: expose(cluster, harbor.hostname),
    existingSecretAdminPassword: secrets.admin,
    existingSecretSecretKey: secrets.secretkey,
    database: database(harbor, secrets),
    redis: redis(harbor, secrets),
    persistence: persistence(cluster, harbor),
    // Rolling update, because no part uses a volume that only one pod can mount.
    updateStrategy: { type: 'RollingUpdate' },
    enableMigrateHelmHook: canMigrateInJob(cluster, harbor),
    metrics: metrics(cluster, harbor),
    trivy: { enabled: harbor.trivy === true, ...componentValues(cluster, 'trivy', pins['trivy-adapter']) },
    ...services(cluster, pins),
  });
}

function services(cluster: ClusterEnvironment, pins: HarborPins): ChartValues {
  const { secrets } = cluster;
  return {
    portal: componentValues(cluster, 'portal', pins.portal),
    core: {
      ...componentValues(cluster, 'core', pins.core),
      existingSecret: secrets.core,
      secretName: secrets.token,
      existingXsrfSecret: secrets.xsrf,
      existingXsrfSecretKey: 'CSRF_KEY',
    },
    jobservice: {
      ...componentValues(cluster, 'jobservice', pins.jobservice),
      existingSecret: secrets.jobservice,
      existingSecretKey: 'JOBSERVICE_SECRET',
      // A file would need a volume that all pods can write to.
      jobLoggers: ['database'],
    },
    registry: {
      ...componentValues(cluster, 'registry'),
      registry: containerValues(cluster, 'registry', pins.registry),
      controller: containerValues(cluster, 'registryctl', pins.registryctl),
      existingSecret: secrets.registry,
      existingSecretKey: 'REGISTRY_HTTP_SECRET',
      credentials: { existingSecret: secrets.registry_credentials },
      relativeurls: true,
    },
    exporter: componentValues(cluster, 'exporter', pins.exporter),
  };
}

/**
 * The job that migrates before an upgrade starts core's program without its entrypoint, which installs the CA bundle:
 * it can connect to no database or Redis with a private authority. The first pod of core migrates then, under a lock.
 */
function canMigrateInJob({ ca_bundle_secret }: ClusterEnvironment, { database: db, redis: own }: HarborEnvironment) {
  const verifies = (db?.sslmode ?? 'verify-full').startsWith('verify') || own?.tls === true;
  return ca_bundle_secret === undefined || !verifies;
}

function metrics({ service_monitor: monitor }: ClusterEnvironment, harbor: HarborEnvironment): ChartValues {
  const { labels: additionalLabels, interval } = monitor ?? {};
  const serviceMonitor = monitor && compact({ enabled: true, additionalLabels, interval });
  return compact({ enabled: harbor.metrics === true, serviceMonitor });
}

function proxy({ http: httpProxy, https: httpsProxy, no_proxy: noProxy, components }: ClusterProxy): ChartValues {
  return compact({ httpProxy, httpsProxy, noProxy, components: components ?? DEFAULT_PROXY_COMPONENTS });
}

function expose({ ingress, gateway }: ClusterEnvironment, hostname: string): ChartValues {
  if (gateway) {
    const { parents, annotations, labels } = gateway;
    const parentRefs = parents.map(({ name, namespace, section: sectionName }) =>
      compact({ group: 'gateway.networking.k8s.io', kind: 'Gateway', name, namespace, sectionName }),
    );
    // TLS ends at the Gateway; enabled, because clients speak https.
    const tls = { enabled: true, certSource: 'none' };
    return { type: 'route', tls, route: compact({ hosts: [hostname], parentRefs, annotations, labels }) };
  }
  const { class: className = DEFAULT_INGRESS_CLASS, tls_secret: secretName, ...more } = ingress ?? { tls_secret: '' };
  return {
    type: 'ingress',
    tls: { enabled: true, certSource: 'secret', secret: { secretName } },
    ingress: { hosts: { core: hostname }, className, ...more },
  };
}

function database(
  { database: external }: HarborEnvironment,
  { database: existingSecret }: ClusterSecrets,
): ChartValues {
  const { host, port = 5432, sslmode = 'verify-full', ...named } = external ?? { host: '' };
  const { name: coreDatabase = 'registry', username = 'postgres' } = named;
  return {
    type: 'external',
    external: { host, port: String(port), username, coreDatabase, existingSecret, sslmode },
  };
}

/** Its user is read from the Secret: the value `username` is ignored beside one (`checkCluster`). */
function redis({ redis: external }: HarborEnvironment, { redis: existingSecret }: ClusterSecrets): ChartValues {
  const { addresses, sentinel_master: sentinelMasterSet, tls } = external ?? { addresses: [] };
  return {
    type: 'external',
    external: compact({
      addr: addresses.join(','),
      sentinelMasterSet,
      tlsOptions: tls ? { enable: true } : undefined,
      existingSecret,
    }),
  };
}

/** Charts before 1.19 have no PodDisruptionBudgets: the stack creates them there. */
export function hasBudgets({ chart_version }: ClusterEnvironment): boolean {
  const chart = chartOf(chart_version);
  return chart !== undefined && readsValue(chart, 'core.podDisruptionBudget.maxUnavailable');
}

import type { ClusterEnvironment } from '../../../src/deploy/cluster';
import type { HarborEnvironment } from '../../../src/deploy/harbor';
import type { HarborPins } from '../../../src/deploy/images';
import { CLUSTER_SECRETS as secrets } from '../../support/cluster-secrets';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const pin = (name: string): { image: string } => ({ image: `registry.corp.test/goharbor/${name}:v2@${DIGEST}` });
export const pins: HarborPins = {
  core: pin('harbor-core'),
  portal: pin('harbor-portal'),
  jobservice: pin('harbor-jobservice'),
  registry: pin('registry-photon'),
  registryctl: pin('harbor-registryctl'),
  'trivy-adapter': pin('trivy-adapter-photon'),
  exporter: pin('harbor-exporter'),
};

export const harbor: HarborEnvironment = {
  version: 'v2.15.2',
  hostname: 'harbor.corp.test',
  trivy: true,
  metrics: true,
  database: { host: 'db.corp.test', username: 'dbuser' },
  redis: { addresses: ['sentinel.corp.test:26379'], sentinel_master: 'mymaster' },
  storage: {
    s3: {
      bucket: 'layers-bucket',
      region: 'eu-region',
      regionendpoint: 'https://s3.corp.test',
      rootdirectory: '/prefix',
      encrypt: true,
      keyid: 'kms-key',
      storageclass: 'STANDARD_IA',
      chunksize: 33_554_432,
      multipartcopychunksize: 67_108_864,
      multipartcopymaxconcurrency: 50,
      multipartcopythresholdsize: 134_217_728,
    },
  },
};

const memory = (requests: string): { resources: object } => ({ resources: { requests: { memory: requests } } });

/** Everything that can be declared beside each other, each with a text of its own. */
export const cluster: ClusterEnvironment = {
  chart_version: '1.19.2',
  replicas: 3,
  max_unavailable: 2,
  ingress: {
    class: 'own-class',
    tls_secret: 's-tls',
    controller: 'alb',
    annotations: { 'own.corp.test/ingress': 'ingress-note' },
    labels: { of: 'ingress-label' },
  },
  pods: {
    node_selector: { pool: 'own-pool' },
    tolerations: [{ key: 'own-taint', operator: 'Exists', effect: 'NoSchedule' }],
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'own-topology', labelSelector: { matchLabels: { app: 'noisy' } } },
        ],
      },
    },
    spread: { hosts: 'require' },
    priority_class: 'own-priority',
    service_account: 'own-account',
    annotations: { note: 'pod-note' },
    labels: { of: 'pod-label' },
  },
  components: {
    core: { replicas: 4, ...memory('71Mi') },
    portal: memory('72Mi'),
    jobservice: memory('73Mi'),
    registry: memory('74Mi'),
    registryctl: memory('75Mi'),
    trivy: memory('76Mi'),
    exporter: { replicas: 1, ...memory('77Mi') },
  },
  pull_secrets: ['s-pull'],
  ca_bundle_secret: 's-bundle',
  proxy: {
    http: 'http://http-proxy.corp.test:3128',
    https: 'http://https-proxy.corp.test:3128',
    no_proxy: '10.9.0.0/16',
    components: ['core', 'jobservice', 'trivy', 'registry'],
  },
  service_monitor: { labels: { of: 'monitor-label' }, interval: '47s' },
  volumes: { trivy: { storage_class: 'own-storage', size: '13Gi', access_mode: 'ReadWriteOncePod' } },
  // With a Secret of Redis the charts before 1.19 ask the cluster while they are rendered.
  secrets: { ...secrets, s3: 's-s3' },
};

/** What cannot be declared beside the rest. */
export const variants: Readonly<
  Record<string, { cluster: Partial<ClusterEnvironment>; harbor: Partial<HarborEnvironment> }>
> = {
  gcs: {
    cluster: { secrets: { ...secrets, gcs: 's-gcs' } },
    harbor: { storage: { gcs: { bucket: 'gcs-bucket', rootdirectory: '/gcs', chunksize: 5_242_880 } } },
  },
  'gcs with an identity': { cluster: { secrets }, harbor: { storage: { gcs: { bucket: 'gcs-bucket' } } } },
  azure: {
    cluster: { secrets: { ...secrets, azure: 's-azure' } },
    harbor: { storage: { azure: { accountname: 'corpaccount', container: 'layers', realm: 'core.corp.test' } } },
  },
  'a shared volume': {
    cluster: { secrets, volumes: { registry: { storage_class: 'shared-storage', size: '17Gi' } } },
    harbor: {},
  },
};

/** A volume instead of the storage that `harbor` names. */
export function withoutStorage({ storage: _storage, ...rest }: HarborEnvironment): HarborEnvironment {
  return rest;
}

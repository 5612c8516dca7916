import type { ClusterEnvironment } from '../../../../src/deploy/cluster';
import { checkCluster } from '../../../../src/deploy/cluster/check-cluster';
import type { HarborEnvironment } from '../../../../src/deploy/harbor';
import { CLUSTER_SECRETS as secrets } from '../../../support/cluster-secrets';

const cluster: ClusterEnvironment = { chart_version: '1.19.2', ingress: { tls_secret: 'tls' }, secrets };
const harbor: HarborEnvironment = {
  version: 'v2.15.2',
  hostname: 'harbor.corp.test',
  database: { host: 'db.corp.test' },
  redis: { addresses: ['s0:26379'], sentinel_master: 'mymaster' },
  storage: { s3: { bucket: 'layers', region: 'eu' } },
};

const found = (own: Partial<ClusterEnvironment>, more: Partial<HarborEnvironment> = {}): unknown[] =>
  checkCluster({ ...cluster, ...own }, { ...harbor, ...more }).map(({ rule, severity, path }) =>
    [severity ?? 'error', rule, path.join('.')].join(' '),
  );

describe('checkCluster', () => {
  it('refuses a Harbor that keeps state inside', () => {
    expect(checkCluster(cluster, harbor)).toEqual([]);
    expect(checkCluster(cluster, { version: 'v2.15.2', hostname: 'x' }).map(({ hint }) => hint)).toEqual([
      'add harbor.database',
      'add harbor.redis',
      'add harbor.storage, or cluster.volumes.registry for a volume that all pods share',
    ]);
  });

  it.each([
    ['v2.13.2', '1.17.2', undefined],
    ['v2.14.0', '1.18.0', undefined],
    ['v2.15.2', '1.19.2', undefined],
    ['v2.15.2', '1.19.1', 'error other-chart: use 1.19.2'],
    ['v2.15.1', '1.19.2', 'error other-chart: use 1.19.1'],
    ['v2.15.2', '1.18.4', 'error other-chart: use 1.19.2'],
    ['v2.14.4', '1.19.0', 'error other-chart: use 1.18.4'],
    // A release that came out after the record: its chart may have come out too.
    ['v2.15.9', '1.19.2', undefined],
    ['v2.15.9', '1.19.9', 'warning chart-not-recorded: '],
    ['v2.14.4', '1.19.9', 'error chart-not-recorded: use 1.18.4'],
    ['v2.15.2', '1.19.20', 'warning chart-not-recorded: '],
    ['v2.15.2', '1.3.0', 'error chart-not-recorded: use 1.19.2'],
    ['v2.16.0', '1.20.0', 'error chart-not-recorded: no known chart is for Harbor v2.16.0'],
    ['v2.16.0', '1.19.2', 'error other-chart: no known chart is for Harbor v2.16.0'],
  ])('with Harbor %s reports for chart %s: %s', (version, chart_version, expected) => {
    const findings = checkCluster({ ...cluster, chart_version }, { ...harbor, version });
    const said = findings.map(({ rule, severity = 'error', hint = '' }) => `${severity} ${rule}: ${hint}`);
    expect(said).toEqual(expected === undefined ? [] : [expect.stringContaining(expected)]);
  });

  it('cannot name a Secret that the chart makes itself', () => {
    expect(found({ secrets: { ...secrets, core: 'harbor-core' } })).toEqual(['error taken-name cluster.secrets.core']);
  });

  it('has one front', () => {
    const { ingress: _ingress, ...rest } = cluster;
    expect(checkCluster(rest, harbor).map(({ rule }) => rule)).toEqual(['missing-key']);
    expect(found({ gateway: { parents: [{ name: 'public' }] } })).toEqual(['error two-fronts cluster.gateway']);
  });

  it('reports what the chart silently drops', () => {
    const { ingress: _ingress, ...rest } = cluster;
    const gateway = { parents: [{ name: 'public' }] };
    const old = { ...rest, gateway, chart_version: '1.17.0' };
    expect(checkCluster(old, { ...harbor, version: 'v2.13.0' }).map(({ rule }) => rule)).toEqual(['ignored-by-chart']);
    expect(checkCluster({ ...old, chart_version: '1.18.0' }, { ...harbor, version: 'v2.14.0' })).toEqual([]);
    expect(found({}, { redis: { addresses: ['r:6379'], username: 'harbor' } })).toEqual([
      'error ignored-by-chart harbor.redis.username',
    ]);
    expect(found({}, { redis: { addresses: ['s:26379'], sentinel_master: 'm', tls: true } })).toEqual([
      'warning ignored-by-chart harbor.redis.sentinel_master',
    ]);
    expect(found({ service_monitor: {} })).toEqual(['error ignored-by-chart cluster.service_monitor']);
    expect(found({ service_monitor: {} }, { metrics: true })).toEqual([]);
    expect(found({ components: { registryctl: { resources: {}, replicas: 3 } } })).toEqual([
      'error ignored-by-chart cluster.components.registryctl.replicas',
    ]);
    expect(found({ proxy: { no_proxy: '.corp.test' } })).toEqual(['error ignored-by-chart cluster.proxy']);
  });

  it('keeps storage and its Secret together', () => {
    const azure = { azure: { accountname: 'corp', container: 'layers' } };
    expect(found({}, { storage: azure })).toEqual(['error missing-key cluster.secrets']);
    expect(found({ secrets: { ...secrets, azure: 's-azure' } }, { storage: azure })).toEqual([]);
    expect(found({ secrets: { ...secrets, gcs: 's-gcs' } })).toEqual(['error useless-key cluster.secrets.gcs']);
    expect(found({ volumes: { registry: {} } })).toEqual(['error two-storages cluster.volumes.registry']);
  });

  it('lets no two pods share what only one can open', () => {
    const trivy = { existing_claim: 'trivy-db' };
    expect(found({ volumes: { trivy } })).toEqual(['error shared-claim cluster.volumes.trivy.existing_claim']);
    expect(found({ volumes: { trivy }, components: { trivy: { replicas: 1 } } })).toEqual([]);
    const { storage: _storage, ...rest } = harbor;
    const volumes = { registry: { access_mode: 'ReadWriteOnce' } };
    expect(checkCluster({ ...cluster, volumes }, rest).map(({ rule }) => rule)).toEqual(['shared-claim']);
  });

  it('warns of a budget that protects nothing, and never of a single pod', () => {
    expect(found({ max_unavailable: 2 })).toEqual(['warning budget-too-large cluster.max_unavailable']);
    expect(found({ replicas: 3, max_unavailable: 2 })).toEqual([]);
    expect(found({ components: { core: { replicas: 1 } } })).toEqual([]);
    expect(found({ components: { core: { max_unavailable: 2 } } })).toEqual([
      'warning budget-too-large cluster.components.core',
    ]);
  });
});

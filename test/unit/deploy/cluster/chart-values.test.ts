import { parse } from 'yaml';
import { chartValuesYaml, disruptionBudgets, type ClusterEnvironment } from '../../../../src/deploy/cluster';
import { CLUSTER_SECRETS as secrets } from '../../../support/cluster-secrets';

const cluster: ClusterEnvironment = { chart_version: '1.19.2', ingress: { tls_secret: 'tls' }, secrets };
const harbor = {
  version: 'v2.15.2',
  hostname: 'harbor.corp.test',
  database: { host: 'db.corp.test' },
  redis: { addresses: ['s0:26379', 's1:26379'], sentinel_master: 'mymaster' },
  storage: { s3: { bucket: 'layers', region: 'eu' } },
};
const pin = (name: string) => ({ image: `registry.corp.test:5000/goharbor/${name}:v2.15.2@sha256:${'a'.repeat(64)}` });
const pins = { core: pin('harbor-core'), registry: pin('registry-photon'), registryctl: pin('harbor-registryctl') };

type Values = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any
const values = parse(chartValuesYaml(cluster, harbor, pins)) as Values;

describe('the chart’s values', () => {
  it('connect to Redis with TLS if that is declared', () => {
    const redis = { addresses: ['r.corp.test:6380'], tls: true };
    const { external } = (parse(chartValuesYaml(cluster, { ...harbor, redis }, pins)) as Values)['redis'];
    expect(external).toEqual({ addr: 'r.corp.test:6380', tlsOptions: { enable: true } });
    expect(values['redis'].external).not.toHaveProperty('tlsOptions');
  });

  it('name the Secrets with registry logins, or none if none is declared', () => {
    const secret = parse(chartValuesYaml({ ...cluster, pull_secrets: ['hub', 'own'] }, harbor, pins)) as Values;
    expect(secret['imagePullSecrets']).toEqual([{ name: 'hub' }, { name: 'own' }]);
    expect(values).not.toHaveProperty('imagePullSecrets');
  });

  it('keep all state outside', () => {
    expect(values['database']).toMatchObject({
      type: 'external',
      external: { host: 'db.corp.test', port: '5432', sslmode: 'verify-full' },
    });
    expect(values['redis']).toMatchObject({
      type: 'external',
      external: { addr: 's0:26379,s1:26379', sentinelMasterSet: 'mymaster' },
    });
    expect(values['persistence'].imageChartStorage).toMatchObject({
      type: 's3',
      s3: { bucket: 'layers', region: 'eu' },
    });
    expect(values['jobservice'].jobLoggers).toEqual(['database']);
  });

  it('run several pods of each component, of which draining a node takes one at a time', () => {
    for (const component of ['core', 'portal', 'jobservice', 'registry', 'trivy', 'exporter']) {
      expect(values[component]).toMatchObject({ replicas: 2 });
      expect(values[component].podDisruptionBudget).toEqual({ enabled: true, minAvailable: 0, maxUnavailable: 1 });
    }
    const core = { replicas: 5, max_unavailable: 3 };
    const own = parse(chartValuesYaml({ ...cluster, components: { core } }, harbor, pins)) as Values;
    expect(own['core'].podDisruptionBudget.maxUnavailable).toBe(3);
    expect([own['core'].replicas, own['portal'].replicas]).toEqual([5, 2]);
    expect(values['updateStrategy']).toEqual({ type: 'RollingUpdate' });
  });

  it('set no budget if the chart knows none, which the stack then creates itself', () => {
    const old = { ...cluster, chart_version: '1.18.4', components: { portal: { replicas: 1 } } };
    expect((parse(chartValuesYaml(old, harbor, pins)) as Values)['core']).not.toHaveProperty('podDisruptionBudget');
    const budgets = disruptionBudgets(old, { ...harbor, metrics: true }, 'harbor');
    expect(budgets.map(({ id }) => id)).toEqual(['core', 'jobservice', 'registry', 'exporter']);
    expect(budgets[0]).toEqual({
      id: 'core',
      name: 'harbor-core-budget',
      maxUnavailable: 1,
      matchLabels: { release: 'harbor', app: 'harbor', component: 'core' },
    });
    expect(disruptionBudgets(cluster, harbor, 'harbor')).toEqual([]);
  });

  it('name every image by tag and digest, the registry’s port left where it is', () => {
    expect(values['core'].image).toEqual({
      repository: 'registry.corp.test:5000/goharbor/harbor-core',
      tag: `v2.15.2@sha256:${'a'.repeat(64)}`,
    });
    expect(values['registry'].controller.image.repository).toBe('registry.corp.test:5000/goharbor/harbor-registryctl');
  });

  it('name every Secret that the chart would otherwise create or default', () => {
    expect(values).toMatchObject({
      existingSecretAdminPassword: 's-admin',
      existingSecretSecretKey: 's-key',
      core: { existingSecret: 's-core', secretName: 's-token', existingXsrfSecret: 's-xsrf' },
      jobservice: { existingSecret: 's-job' },
      registry: { existingSecret: 's-reg', credentials: { existingSecret: 's-cred' } },
      database: { external: { existingSecret: 's-db' } },
    });
    expect(values['expose']).toMatchObject({
      tls: { certSource: 'secret', secret: { secretName: 'tls' } },
      ingress: { className: 'traefik', hosts: { core: 'harbor.corp.test' } },
    });
  });

  it('take what is set for all pods, and for one component key by key', () => {
    const pods = { node_selector: { pool: 'a' }, priority_class: 'high', spread: { hosts: 'require' as const } };
    const components = {
      core: { priority_class: 'higher', resources: { limits: { memory: '2Gi' } } },
      registryctl: { resources: { requests: { memory: '99Mi' } } },
    };
    const own = parse(chartValuesYaml({ ...cluster, pods, components }, harbor, pins)) as Values;
    expect(own['core']).toMatchObject({
      nodeSelector: { pool: 'a' },
      priorityClassName: 'higher',
      resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '2Gi' } },
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
        { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
      ],
    });
    expect(own['portal']).toMatchObject({ nodeSelector: { pool: 'a' }, priorityClassName: 'high' });
    expect(own['registry'].controller.resources.requests.memory).toBe('99Mi');
    const off = { spread: { hosts: 'off' as const, zones: 'off' as const } };
    expect((parse(chartValuesYaml({ ...cluster, pods: off }, harbor, pins)) as Values)['core']).not.toHaveProperty(
      'topologySpreadConstraints',
    );
  });

  it('name a Gateway instead of an Ingress', () => {
    const { ingress: _ingress, ...rest } = cluster;
    const gateway = { parents: [{ name: 'public', namespace: 'gateways', section: 'https' }] };
    expect((parse(chartValuesYaml({ ...rest, gateway }, harbor, pins)) as Values)['expose']).toEqual({
      type: 'route',
      tls: { enabled: true, certSource: 'none' },
      route: {
        hosts: ['harbor.corp.test'],
        parentRefs: [
          {
            group: 'gateway.networking.k8s.io',
            kind: 'Gateway',
            name: 'public',
            namespace: 'gateways',
            sectionName: 'https',
          },
        ],
      },
    });
  });

  it('write large numbers as text, which Helm would print as 3.3554432e+07', () => {
    const s3 = { bucket: 'layers', region: 'eu', chunksize: 33_554_432, encrypt: true as const };
    const own = parse(chartValuesYaml(cluster, { ...harbor, storage: { s3 } }, pins)) as Values;
    expect(own['persistence'].imageChartStorage.s3).toMatchObject({ chunksize: '33554432', encrypt: true });
  });

  it.each([
    ['gcs', { gcs: { bucket: 'layers' } }, {}, { gcs: { bucket: 'layers', useWorkloadIdentity: true } }],
    ['gcs', { gcs: { bucket: 'layers' } }, { gcs: 's-gcs' }, { gcs: { bucket: 'layers', existingSecret: 's-gcs' } }],
    [
      'azure',
      { azure: { accountname: 'corp', container: 'layers' } },
      { azure: 's-azure' },
      { azure: { accountname: 'corp', container: 'layers', existingSecret: 's-azure' } },
    ],
  ])('store images in %s', (type, storage, more, expected) => {
    const own = parse(
      chartValuesYaml({ ...cluster, secrets: { ...secrets, ...more } }, { ...harbor, storage }, pins),
    ) as Values;
    expect(own['persistence'].imageChartStorage).toEqual({ type, disableredirect: true, ...expected });
  });

  it('store images on a volume that all pods share', () => {
    const { storage: _storage, ...rest } = harbor;
    const volumes = { registry: { existing_claim: 'layers' }, trivy: { storage_class: 'fast', size: '9Gi' } };
    const own = parse(chartValuesYaml({ ...cluster, volumes }, rest, pins)) as Values;
    expect(own['persistence']).toEqual({
      enabled: true,
      persistentVolumeClaim: {
        registry: { accessMode: 'ReadWriteMany', existingClaim: 'layers' },
        trivy: { storageClass: 'fast', size: '9Gi' },
      },
      imageChartStorage: { type: 'filesystem' },
    });
  });

  it('leave the migration to core if its job could not verify the certificate of the database', () => {
    const bundle = { ...cluster, ca_bundle_secret: 'corp-ca' };
    const hook = (own: ClusterEnvironment, database: object): unknown =>
      (parse(chartValuesYaml(own, { ...harbor, database: { host: 'db', ...database } }, pins)) as Values)[
        'enableMigrateHelmHook'
      ];
    expect([hook(cluster, {}), hook(bundle, {}), hook(bundle, { sslmode: 'require' })]).toEqual([true, false, true]);
  });

  it('end with the values of the file, merged as Helm does', () => {
    const more = { core: { replicas: 7, podAnnotations: { a: 'b' } }, logLevel: 'debug', proxy: null };
    const own = parse(chartValuesYaml({ ...cluster, values: more }, harbor, pins)) as Values;
    expect(own['core']).toMatchObject({ replicas: 7, existingSecret: 's-core', podAnnotations: { a: 'b' } });
    expect(own).toMatchObject({ logLevel: 'debug', proxy: null });
  });

  it('are written out in full, for readers of the plan', () => {
    expect(chartValuesYaml(cluster, harbor, pins)).not.toMatch(/[&*]a\d/);
  });
});

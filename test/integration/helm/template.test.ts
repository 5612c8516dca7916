import { rmSync } from 'node:fs';
import { readChart } from '../../../scripts/chart-record/read-chart';
import { chartValuesYaml, type ClusterEnvironment } from '../../../src/deploy/cluster';
import { chartOf, RECORDED_CHARTS, lineOf } from '../../../src/deploy/cluster/chart';
import type { HarborEnvironment } from '../../../src/deploy/harbor';
import { cluster, harbor, pins, variants, withoutStorage } from './environments';
import { checkOut, faultsOf, fromChart, lacking, template, type Manifest } from './helm';

const reason = lacking();
if (reason !== undefined) process.stderr.write(`skipped: the real chart, rendered by Helm: ${reason}\n`);
/** Neither Helm nor the chart is on a package registry of Node, so that CI does not have them. */
const describeWithHelm = reason === undefined ? describe : describe.skip;

const PODS = ['core', 'portal', 'jobservice', 'registry', 'trivy', 'exporter'];
const NEWEST = RECORDED_CHARTS.filter(
  (version, index, all) => all.findIndex((other) => lineOf(other) === lineOf(version)) === index,
);

describeWithHelm('the record of charts', () => {
  it.each(RECORDED_CHARTS)('contains what chart %s reads', (version) => {
    const files = fromChart(version, 'ls-tree', '-r', '--name-only', 'COMMIT', 'templates').trim().split('\n');
    const show = (file: string): string => fromChart(version, 'show', `COMMIT:${file}`);
    const read = readChart({
      chart: show('Chart.yaml'),
      values: show('values.yaml'),
      templates: files.map((file) => show(file)),
    });
    const { values, release } = chartOf(version)!;
    expect(read).toEqual({ version, appVersion: release.slice(1), values });
  });
});

describeWithHelm.each(NEWEST)('chart %s', (chart_version) => {
  let chart: string;
  beforeAll(() => {
    chart = checkOut(chart_version);
  });
  afterAll(() => {
    rmSync(chart, { recursive: true });
  });

  function rendered(own: Partial<ClusterEnvironment> = {}, more: HarborEnvironment = harbor) {
    return template(chart, chartValuesYaml({ ...cluster, chart_version, ...own }, more, pins));
  }

  function workloads(manifests: readonly Manifest[]): Record<string, Manifest> {
    const own = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
    return Object.fromEntries(own.map((manifest) => [manifest.metadata.name.replace('harbor-', ''), manifest]));
  }

  it('puts every setting of pods where Kubernetes reads it', () => {
    const found = workloads(rendered().manifests);
    expect(Object.keys(found).sort()).toEqual([...PODS].sort());
    for (const [id, { spec }] of Object.entries(found)) {
      const pod = spec.template.spec;
      expect([id, spec.replicas]).toEqual([id, id === 'core' ? 4 : id === 'exporter' ? 1 : 3]);
      expect(pod).toMatchObject({
        nodeSelector: { pool: 'own-pool' },
        tolerations: [{ key: 'own-taint', operator: 'Exists', effect: 'NoSchedule' }],
        affinity: cluster.pods!.affinity!,
        priorityClassName: 'own-priority',
        serviceAccountName: 'own-account',
        imagePullSecrets: [{ name: 's-pull' }],
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
          { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
        ].map((one) => ({ ...one, labelSelector: { matchLabels: { release: 'harbor', component: id } } })),
      });
      expect(spec.template.metadata).toMatchObject({ annotations: { note: 'pod-note' }, labels: { of: 'pod-label' } });
    }
  });

  it('gives every container its image by digest and its resources', () => {
    const found = Object.values(workloads(rendered().manifests));
    const containers = found.flatMap(({ spec }) => spec.template.spec.containers as Manifest[]);
    const requested = containers.map(({ name, resources }) => [name, resources.requests.memory as string]);
    expect(Object.fromEntries(requested)).toEqual({
      core: '71Mi',
      portal: '72Mi',
      jobservice: '73Mi',
      registry: '74Mi',
      registryctl: '75Mi',
      trivy: '76Mi',
      exporter: '77Mi',
    });
    for (const { image, resources, securityContext } of containers) {
      expect(image).toMatch(/^registry\.corp\.test\/goharbor\/[a-z-]+:v2@sha256:a{64}$/);
      expect(resources.limits.memory).toMatch(/Mi$|Gi$/);
      expect(securityContext).toMatchObject({ runAsNonRoot: true, allowPrivilegeEscalation: false });
    }
  });

  it('has budgets that never block a drain, or leaves them to the stack', () => {
    const budgets = rendered().manifests.filter(({ kind }) => kind === 'PodDisruptionBudget');
    const expected = lineOf(chart_version) === '1.19' ? PODS.filter((id) => id !== 'exporter') : [];
    expect(budgets.map(({ spec }) => spec.selector.matchLabels.component as string).sort()).toEqual(
      [...expected].sort(),
    );
    for (const { spec } of budgets) {
      expect(spec).toMatchObject({ maxUnavailable: 2 });
      expect(spec).not.toHaveProperty('minAvailable');
    }
  });

  it.each([
    ['the CA bundle', 's-bundle', 5],
    ['the HTTP proxy', 'http://http-proxy.corp.test:3128', 6],
    ['the HTTPS proxy', 'http://https-proxy.corp.test:3128', 6],
    ['what is reached without it', '10.9.0.0/16', 6],
    ['the label of the ServiceMonitor', 'monitor-label', 1],
    ['its interval', 'interval: 47s', 1],
    ['the class of the Ingress', 'ingressClassName: own-class', 1],
    ['its annotation', 'ingress-note', 1],
    ['its label', 'ingress-label', 1],
    ['its certificate', 'secretName: s-tls', 1],
    ['the storage class of Trivy', 'storageClassName: "own-storage"', 1],
    ['the size of Trivy', 'storage: "13Gi"', 1],
    ['the access mode of Trivy', '"ReadWriteOncePod"', 1],
    ['the bucket', 'bucket: layers-bucket', 1],
    ['its endpoint', 'regionendpoint: https://s3.corp.test', 1],
    ['its prefix', 'rootdirectory: /prefix', 1],
    ['its encryption', 'encrypt: true', 1],
    ['its key', 'keyid: kms-key', 1],
    ['its storage class', 'storageclass: STANDARD_IA', 1],
    ['the size of a part', 'chunksize: 33554432', 1],
    ['the size of a copied part', 'multipartcopychunksize: 67108864', 1],
    ['the size of a copy with parts', 'multipartcopythresholdsize: 134217728', 1],
    ['the parts at a time', 'multipartcopymaxconcurrency: 50', 1],
    ['the keys of S3', 'name: s-s3', 2],
    ['the database', 'db.corp.test', 2],
    ['its user', 'dbuser', 2],
    ['its verification', 'verify-full', 2],
    ['the sentinel', 'sentinelMasterSet: mymaster', 1],
  ])('reports %s', (_what, expected, times) => {
    expect(rendered().text.split(expected).length - 1).toBe(times);
  });

  it('names the Secrets of the cluster, and contains no default secret', () => {
    const { text } = rendered();
    for (const [key, name] of Object.entries(cluster.secrets)) expect([key, text.includes(name)]).toEqual([key, true]);
    expect(text).not.toMatch(/Harbor12345|not-a-secure-key|harbor_registry_password|changeit/);
    expect(text).not.toContain(Buffer.from('Harbor12345').toString('base64'));
  });

  it('migrates in a job only if the job can verify the database', () => {
    const jobs = (own: Partial<ClusterEnvironment>): number =>
      rendered(own).manifests.filter(({ kind }) => kind === 'Job').length;
    const { ca_bundle_secret: _bundle, ...withoutBundle } = cluster;
    expect(jobs({})).toBe(0);
    const job = template(chart, chartValuesYaml({ ...withoutBundle, chart_version }, harbor, pins)).manifests;
    expect(job.filter(({ kind }) => kind === 'Job')).toHaveLength(1);
  });

  it.each(Object.entries(variants))('renders %s', (name, { cluster: own, harbor: more }) => {
    const { text, manifests } = rendered(own, { ...withoutStorage(harbor), ...more });
    const expected: Readonly<Record<string, readonly string[]>> = {
      gcs: ['bucket: gcs-bucket', 'rootdirectory: /gcs', 'chunksize: 5242880', 'secretName: s-gcs'],
      'gcs with an identity': ['bucket: gcs-bucket'],
      azure: ['accountname: corpaccount', 'container: layers', 'realm: core.corp.test', 'name: s-azure'],
      'a shared volume': ['shared-storage', '17Gi', 'ReadWriteMany', 'claimName: harbor-registry'],
    };
    for (const one of expected[name]!) expect(text).toContain(one);
    if (name === 'gcs with an identity') expect(text).not.toContain('gcs-key');
    expect(manifests.flatMap((manifest) => faultsOf(manifest) ?? [])).toEqual([]);
  });

  it('leads through a Gateway, if it knows one', () => {
    if (lineOf(chart_version) === '1.17')
      return expect(chartOf(chart_version)!.values).not.toContain('expose.route.hosts');
    const { ingress: _ingress, ...rest } = cluster;
    const gateway = { parents: [{ name: 'public', namespace: 'gateways', section: 'https' }], labels: { of: 'route' } };
    const values = chartValuesYaml({ ...rest, chart_version, gateway }, harbor, pins);
    const { manifests } = template(chart, values);
    expect(manifests.filter(({ kind }) => kind === 'Ingress')).toEqual([]);
    const [route] = manifests.filter(({ kind }) => kind === 'HTTPRoute');
    expect(route!.spec.hostnames).toEqual(['harbor.corp.test']);
    expect(route!.spec.parentRefs).toEqual([
      {
        group: 'gateway.networking.k8s.io',
        kind: 'Gateway',
        name: 'public',
        namespace: 'gateways',
        sectionName: 'https',
      },
    ]);
    expect(route!.metadata.labels).toMatchObject({ of: 'route' });
  });

  it('passes Kubernetes’ own schemas, strictly', () => {
    const { manifests } = rendered();
    expect(manifests.flatMap((manifest) => faultsOf(manifest) ?? [])).toEqual([]);
    const unknown = manifests.filter((manifest) => faultsOf(manifest) === undefined).map(({ kind }) => kind);
    expect(new Set(unknown)).toEqual(new Set(['ServiceMonitor']));
    const [broken] = manifests.filter(({ kind }) => kind === 'Deployment');
    const faults = faultsOf({ ...broken!, spec: { ...broken!.spec, replicas: 'two', replica: 2 } });
    expect(faults?.join('\n')).toMatch(/replicas must be integer/);
    expect(faults?.join('\n')).toMatch(/additional properties/);
  });

  it('takes values of the file over all others', () => {
    const { manifests } = rendered({ values: { logLevel: 'debug', core: { revisionHistoryLimit: 3 } } });
    expect(workloads(manifests)['core']!.spec.revisionHistoryLimit).toBe(3);
    expect(JSON.stringify(manifests)).toContain('LOG_LEVEL":"debug"');
  });
});

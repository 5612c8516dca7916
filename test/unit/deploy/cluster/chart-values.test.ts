import { parse } from 'yaml';
import { chartValuesYaml, type ClusterEnvironment } from '../../../../src/deploy/cluster';
import { checkCluster } from '../../../../src/deploy/cluster/check-cluster';

const secrets = {
  admin: 's-admin',
  secretkey: 's-key',
  core: 's-core',
  token: 's-token',
  xsrf: 's-xsrf',
  jobservice: 's-job',
  registry: 's-reg',
  registry_credentials: 's-cred',
  database: 's-db',
};
const cluster: ClusterEnvironment = { chart_version: '1.19.1', ingress: { tls_secret: 'tls' }, secrets };
const harbor = {
  version: 'v2.15.2',
  hostname: 'harbor.corp.test',
  database: { host: 'db.corp.test' },
  redis: { addresses: ['s0:26379', 's1:26379'], sentinel_master: 'mymaster' },
  storage: { s3: { bucket: 'layers', region: 'eu' } },
};
const pin = (name: string) => ({ image: `registry.corp.test:5000/goharbor/${name}:v2.15.2@sha256:${'a'.repeat(64)}` });
const pins = { core: pin('harbor-core'), registry: pin('registry-photon'), registryctl: pin('harbor-registryctl') };

type Values = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
const values = parse(chartValuesYaml(cluster, harbor, pins)) as Values;

describe('the chart’s values', () => {
  it('connect to Redis with TLS and a user where that is declared', () => {
    const redis = { addresses: ['r.corp.test:6380'], username: 'harbor', tls: true };
    const { external } = (parse(chartValuesYaml(cluster, { ...harbor, redis }, pins)) as Values)['redis'];
    expect(external).toEqual({ addr: 'r.corp.test:6380', username: 'harbor', tlsOptions: { enable: true } });
    expect(values['redis'].external).not.toHaveProperty('tlsOptions');
  });

  it('name the Secrets with the logins of registries, and none where none is declared', () => {
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

  it('run several pods of each service, of which draining a node leaves some', () => {
    for (const service of ['core', 'portal', 'jobservice', 'registry']) {
      expect(values[service]).toMatchObject({ replicas: 2 });
      expect(values[service].podDisruptionBudget).toEqual({ enabled: true, minAvailable: 1 });
    }
    const three = parse(chartValuesYaml({ ...cluster, replicas: 3 }, harbor, pins)) as Values;
    expect(three['core'].podDisruptionBudget).toEqual({ enabled: true, minAvailable: 2 });
    expect(values['updateStrategy']).toEqual({ type: 'RollingUpdate' });
  });

  it('name every image by tag and digest, the registry’s port left where it is', () => {
    expect(values['core'].image).toEqual({
      repository: 'registry.corp.test:5000/goharbor/harbor-core',
      tag: `v2.15.2@sha256:${'a'.repeat(64)}`,
    });
    expect(values['registry'].controller.image.repository).toBe('registry.corp.test:5000/goharbor/harbor-registryctl');
  });

  it('name Secrets, every one that the chart would otherwise make or default', () => {
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

  it('are written out in full, for who reads the plan', () => {
    expect(chartValuesYaml(cluster, harbor, pins)).not.toMatch(/[&*]a\d/);
  });
});

describe('checkCluster', () => {
  it('takes no Harbor that keeps state inside', () => {
    expect(checkCluster(cluster, harbor)).toEqual([]);
    expect(checkCluster(cluster, { version: 'v2.15.2', hostname: 'x' }).map(({ hint }) => hint)).toEqual([
      'add harbor.database',
      'add harbor.redis',
      'add harbor.storage',
    ]);
  });

  it.each([
    ['v2.13.2', '1.17.3', undefined],
    ['v2.14.0', '1.18.0', undefined],
    ['v2.15.2', '1.19.1', undefined],
    ['v2.15.2', '1.18.4', 'use 1.19.x'],
    ['v2.16.0', '1.19.1', 'use 1.20.x'],
  ])('with Harbor %s says of chart %s: %s', (version, chart_version, hint) => {
    const found = checkCluster({ ...cluster, chart_version }, { ...harbor, version });
    expect(found.map(({ rule, hint: said }) => [rule, said])).toEqual(
      hint === undefined ? [] : [['other-chart', hint]],
    );
  });

  it('cannot name a Secret that the chart makes itself', () => {
    const taken = { ...cluster, secrets: { ...secrets, core: 'harbor-core' } };
    expect(checkCluster(taken, harbor)).toEqual([
      expect.objectContaining({ rule: 'taken-name', path: ['cluster', 'secrets', 'core'] }),
    ]);
  });
});

import { chartOf, readsValue } from '../../../../src/deploy/cluster/chart';
import { checkValues } from '../../../../src/deploy/cluster/check-values';

const chart = chartOf('1.19.2')!;
const own = {
  core: { replicas: 2, podDisruptionBudget: { maxUnavailable: 1 }, existingSecret: 's-core' },
  expose: { type: 'ingress', ingress: { className: 'traefik', annotations: { a: '1' } } },
  jobservice: { jobLoggers: ['database'] },
};
const said = (values: Record<string, unknown>): string[] =>
  checkValues(values, own, chart).map(
    ({ rule, severity = 'error', path, message }) => `${severity} ${rule} ${path.join('.')}: ${message}`,
  );

describe('values of the chart in the environment file', () => {
  it('are accepted without a finding if they only add', () => {
    expect(
      said({
        logLevel: 'debug',
        core: { startupProbe: { failureThreshold: 600 }, podLabels: { team: 'platform' }, replicas: 2 },
        expose: { ingress: { annotations: { 'nginx.ingress.kubernetes.io/whitelist-source-range': '10.0.0.0/8' } } },
        trivy: { resources: { limits: { 'ephemeral-storage': '10Gi' } } },
        persistence: { imageChartStorage: {} },
      }),
    ).toEqual([expect.stringContaining('value-override cluster.values.persistence.imageChartStorage')]);
  });

  it.each([
    [{ core: { replicas: 5 } }, 'cluster.values.core.replicas: it replaces 2, which this file sets'],
    [{ jobservice: { jobLoggers: ['file'] } }, 'it replaces ["database"], which this file sets: a log in a file'],
    [{ expose: { type: 'nodePort' } }, 'it replaces "ingress", which this file sets: clients may get another'],
    [{ expose: null }, 'cluster.values.expose: it replaces'],
    [{ core: { podDisruptionBudget: { minAvailable: 2 } } }, 'a drained node may evict every pod at once'],
    [{ core: { existingSecret: 'other' } }, 'the Secret named in cluster.secrets is not used'],
    [{ core: { image: { tag: 'dev' } } }, 'it replaces a default: the image is not the pinned one'],
    [{ containerSecurityContext: { runAsNonRoot: false } }, 'containers may run as root'],
    [{ core: { configureUserSettings: '{}' } }, 'Harbor then refuses every change of its configuration'],
    [{ trivy: { insecure: true } }, 'the certificate of the other side is not verified'],
  ])('warn of what they replace: %j', (values, expected) => {
    expect(said(values)).toEqual([expect.stringContaining(expected)]);
    expect(said(values)[0]).toMatch(/^warning value-override cluster\.values\./);
  });

  it.each([
    [{ coer: { replicas: 5 } }, 'did you mean "core"?'],
    [{ core: { replica: 5 } }, 'did you mean "replicas"?'],
    [{ core: { image: { registry: 'x' } } }, 'remove it, or see the values.yaml of this chart'],
    [{ notary: { enabled: true } }, 'remove it, or see the values.yaml of this chart'],
  ])('warn of what the chart does not read: %j', (values, hint) => {
    expect(checkValues(values, own, chart)).toEqual([
      expect.objectContaining({ rule: 'unknown-value', severity: 'warning', hint }),
    ]);
  });

  it.each([
    [{ harborAdminPassword: 'x' }, 'harborAdminPassword'],
    [{ secretKey: '0123456789abcdef' }, 'secretKey'],
    [{ core: { secret: 'x' } }, 'core.secret'],
    [{ core: { tokenKey: 'x' } }, 'core.tokenKey'],
    [{ core: { xsrfKey: 'x' } }, 'core.xsrfKey'],
    [{ registry: { credentials: { htpasswdString: 'x' } } }, 'registry.credentials.htpasswdString'],
    [{ database: { external: { password: 'x' } } }, 'database.external.password'],
    [{ persistence: { imageChartStorage: { s3: { accesskey: 'x' } } } }, 'persistence.imageChartStorage.s3.accesskey'],
    [
      { persistence: { imageChartStorage: { gcs: { encodedkey: 'x' } } } },
      'persistence.imageChartStorage.gcs.encodedkey',
    ],
    [
      { persistence: { imageChartStorage: { azure: { accountkey: 'x' } } } },
      'persistence.imageChartStorage.azure.accountkey',
    ],
    [{ trivy: { gitHubToken: 'x' } }, 'trivy.gitHubToken'],
    [{ internalTLS: { core: { key: 'x' } } }, 'internalTLS.core.key'],
    [{ proxy: { httpProxy: 'http://user:word@proxy:3128' } }, 'proxy.httpProxy'],
    [{ core: { extraEnvVars: [{ name: 'A' }, { name: 'DB_PASSWORD', value: 'x' }] } }, 'core.extraEnvVars.1.value'],
  ])('refuse secrets: %j', (values, path) => {
    expect(said(values)).toEqual([`error secret-in-file cluster.values.${path}: ${IN_GIT}`]);
  });

  it.each([
    [{ core: { existingSecret: 'own' } }],
    [{ uaaSecretName: 'uaa' }],
    [{ existingSecretAdminPasswordKey: 'KEY' }],
    [{ trivy: { gitHubToken: '' } }],
    [{ core: { extraEnvVars: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] } }],
    [{ core: { automountServiceAccountToken: true } }],
    [{ registry: { middleware: { cloudFront: { privateKeySecret: 'pk' } } } }],
  ])('distinguish a reference from a secret: %j', (values) => {
    expect(said(values).filter((line) => line.includes('secret-in-file'))).toEqual([]);
  });
});

describe('readsValue', () => {
  it.each([
    ['core.replicas', true],
    ['core', true],
    ['core.resources.limits.memory', true],
    ['core.replica', false],
    ['redis.external.cacheLayerDatabaseIndex', true],
    ['persistence.imageChartStorage.s3.keyid', true],
    ['expose.route.hosts', true],
    ['replicas', false],
  ])('%s: %s', (path, expected) => {
    expect(readsValue(chart, path)).toBe(expected);
  });

  it('knows what came with a later chart', () => {
    expect(readsValue(chartOf('1.17.5')!, 'expose.route.hosts')).toBe(false);
    expect(readsValue(chartOf('1.18.4')!, 'core.podDisruptionBudget.enabled')).toBe(false);
  });
});

const IN_GIT = 'do not write secrets into this file, which is in Git';

import { writePolicies } from '../../../src/export';
import { importText } from '../../../src/import';
import { kinds } from '../../../src/kinds';

/** In the form that harbor-cli proposes: names, secrets as variables, omitted fields unmanaged. */
const document = `
apiVersion: goharbor.io/v1alpha1
kind: HarborConfiguration
spec:
  system:
    read_only: false
    token_expiration: 45
    disabled_audit_log_event_types: pull_artifact,create_artifact
    oidc_extra_redirect_parms: '{"prompt":"login"}'
    oidc_client_secret: Canary-5eCr3t-Value
    of_the_future: true
  registries:
    - name: hub
      type: docker-hub
      url: https://hub.docker.com
      insecure: false
      credential:
        type: basic
        accessKeyFrom: { env: HUB_USER }
        accessSecretFrom: { env: HUB_TOKEN }
  projects:
    - name: proxy.docker.io
      public: true
      registry: hub
      metadata: { autoScan: true, preventVulnerableImages: true, severity: critical, proxySpeedKB: 512 }
      quota: { storage: 1073741824 }
      webhooks:
        - name: told
          enabled: true
          events: [PUSH_ARTIFACT]
          targets:
            - notifyType: http
              endpoint: https://ci.example.com/hook
              verifyRemoteCertificate: true
              authHeaderFrom: { env: HOOK_HEADER }
    - name: team-a
      metadata: { reuseSystemCVEAllowlist: false, enableContentTrust: true }
      unheardOf: 1
    - public: true
  replicationPolicies:
    - name: mirror
      mode: pull
      registry: hub
      enabled: true
      destinationNamespace: base
      filters: [{ type: name, value: library/** }]
      trigger: { type: scheduled, cron: 0 0 2 * * * }
    - name: nowhere
      mode: push
`;

async function imported(text: string): Promise<{ specs: Map<string, object>; left: string[]; files: string }> {
  const { objects, leftOut } = importText('harbor.yaml', text, kinds);
  const policies = await writePolicies(objects, { kinds, origin: 'Imported.' });
  return {
    specs: new Map(policies.declaration.objects.map(({ address, spec }) => [address, spec])),
    left: [...leftOut, ...policies.leftOut].map(({ address, field = '' }) => `${address} ${field}`.trim()),
    files: policies.files.map(({ text: written }) => written).join('\n'),
  };
}

describe('a HarborConfiguration', () => {
  it.each([
    ['registry/hub', { name: 'hub', type: 'docker-hub', url: 'https://hub.docker.com', insecure: false }],
    [
      'project/proxy.docker.io',
      {
        name: 'proxy.docker.io',
        registry: 'hub',
        public: true,
        auto_scan: true,
        prevent_vul: true,
        severity: 'critical',
        proxy_speed_kb: 512,
      },
    ],
    [
      'webhook/proxy.docker.io/told',
      expect.objectContaining({
        event_types: ['PUSH_ARTIFACT'],
        auth_headers: { 'http https://ci.example.com/hook': { env: 'HOOK_HEADER' } },
      }),
    ],
    ['quota/proxy.docker.io', { project: 'proxy.docker.io', storage_limit: 1024 ** 3 }],
    ['project/team-a', { name: 'team-a', reuse_sys_cve_allowlist: false, enable_content_trust: true }],
    [
      'configuration/harbor',
      {
        read_only: false,
        token_expiration: 45,
        disabled_audit_log_event_types: ['create_artifact', 'pull_artifact'],
        oidc_extra_redirect_parms: { prompt: 'login' },
      },
    ],
  ])('repeats the message of %s', async (address, spec) => {
    expect((await imported(document)).specs.get(address)).toEqual(spec);
  });

  it('keeps replications, by the names of registries', async () => {
    expect((await imported(document)).specs.get('replication-policy/mirror')).toMatchObject({
      name: 'mirror',
      from: 'hub',
      dest_namespace: 'base',
    });
  });

  it('reports what could not be converted', async () => {
    expect((await imported(document)).left.sort()).toEqual([
      'configuration of_the_future',
      'project projects[2]',
      'project team-a unheardOf',
      'registry hub credential[0] accessKeyFrom',
      'replication policy nowhere',
      'system oidc_client_secret',
    ]);
  });

  it('leaves its secrets where they are', async () => {
    expect((await imported(document)).files).not.toContain('Canary');
  });

  it('may be JSON', async () => {
    const json = JSON.stringify({
      apiVersion: 'goharbor.io/v1alpha1',
      kind: 'HarborConfiguration',
      spec: { registries: [{ name: 'quay', type: 'docker-registry', url: 'https://quay.io' }] },
    });
    expect([...(await imported(json)).specs.keys()]).toEqual(['registry/quay']);
  });
});

import { checkRules, rules, waive, type SynthesisedStack } from '../../../src/rules';
import type { Json, JsonObject } from '../../../src/json';
import { chartValuesYaml, type ClusterEnvironment } from '../../../src/deploy/cluster';
import { inputsOf, synth } from '../stacks/synth';

const acme = { certificate: { acme: { email: 'ops@lab.test', dns_provider: 'route53' } } };

function stacks(environment: Parameters<typeof inputsOf>[0] = {}): SynthesisedStack[] {
  const { stacks: found } = synth(inputsOf({ edge: acme, ...environment }));
  return Object.entries(found).map(([id, json]) => ({ id, json: json as unknown as Json }));
}

interface Editable {
  // oxlint-disable-next-line typescript/no-explicit-any
  [key: string]: any;
}

/** What our own stacks would be if somebody edited them. */
function edited(change: (containers: Editable, stack: Editable) => void, of = 'harbor'): string[] {
  const all = JSON.parse(JSON.stringify(stacks())) as { id: string; json: Editable }[];
  const { json } = all.find(({ id }) => id === of)!;
  change(json['resource'].docker_container as Editable, json);
  return checkRules(all).map(({ rule, address, message }) => `${rule} ${address} ${message}`);
}

/** Our own release, with values merged over it. */
function release(values: Editable): { values: string[] } {
  const secrets = Object.fromEntries(
    ['admin', 'secretkey', 'core', 'token', 'xsrf', 'jobservice', 'registry', 'registry_credentials', 'database'].map(
      (key) => [key, `s-${key}`],
    ),
  ) as unknown as ClusterEnvironment['secrets'];
  const cluster = { chart_version: '1.19.2', ingress: { tls_secret: 'tls' }, secrets, values };
  const { environment, pins } = inputsOf();
  return { values: [chartValuesYaml(cluster, environment.harbor, pins)] };
}

describe('the rules on what is deployed', () => {
  it('are HP001 to HP005, HP033 to HP039 and HP055, each with its reason and source', () => {
    expect(rules.filter(({ deployed }) => deployed).map(({ id }) => id)).toEqual(
      [1, 2, 3, 4, 5, 33, 34, 35, 36, 37, 38, 39, 55].map((number) => `HP${String(number).padStart(3, '0')}`),
    );
    for (const { why, title } of rules) {
      expect(why).toMatch(/\(.+\)|which|way/);
      expect(title).not.toMatch(/\.$/);
    }
  });

  it.each(rules.flatMap(({ id, deployed }) => (deployed ? [[id, deployed] as const] : [])))(
    '%s finds its bad example, and nothing in its good one',
    (id, { good, bad }) => {
      const found = (resource: JsonObject) =>
        checkRules([{ id: 'harbor', json: { resource } }]).filter(({ rule }) => rule === id);
      expect(found(bad)).not.toEqual([]);
      expect(found(good)).toEqual([]);
    },
  );

  it('find nothing in our own stacks, with every option', () => {
    expect(checkRules(stacks())).toEqual([]);
    expect(checkRules([{ id: 'cluster', json: { resource: { helm_release: { h: release({}) } } } }])).toEqual([]);
    const harbor = { version: 'v2.15.2', hostname: 'harbor.lab.test', trivy: true, metrics: true, log_container: true };
    const edge = {
      ...acme,
      metrics: { address: '10.1.2.3:9100' },
      mirrors: [{ hostname: 'm.lab.test', project: 'hub' }],
    };
    expect(checkRules(stacks({ harbor, edge }))).toEqual([]);
  });

  it.each<[string, string, (containers: Editable, stack: Editable) => void, string?]>([
    [
      'HP001 harbor/resource.docker_container.core.env[0] holds the default password of admin',
      'the default admin password',
      (c) => (c['core'].env = ['X=Harbor12345']),
    ],
    [
      'HP002 harbor/docker_container.postgresql.env sets POSTGRES_PASSWORD in its definition',
      'a database password in the definition',
      (c) => (c['postgresql'].env = ['POSTGRES_PASSWORD=s3cret']),
    ],
    [
      'HP002 harbor/resource.docker_container.core.env[0] holds a default password of the database',
      'the default database password',
      (c) => (c['core'].env = ['X=root123']),
    ],
    [
      'HP003 harbor/docker_container.core can write its own secretkey',
      'a writable secretkey',
      (c) => (c['core'].mounts.find((m: Editable) => m['target'] === '/etc/core/key').read_only = false),
    ],
    ['HP003 harbor/docker_container.core has no secretkey mounted', 'no secretkey', (c) => (c['core'].mounts = [])],
    [
      'HP004 harbor/docker_container.core.env sets CSRF_KEY',
      'a secret between services',
      (c) => (c['core'].env = ['CSRF_KEY=x']),
    ],
    [
      'HP005 harbor/resource.docker_container.core.env[0] switches self_registration on',
      'open registration',
      (c) => (c['core'].env = ['CONFIG_OVERWRITE_JSON={"self_registration": true}']),
    ],
    [
      'HP033 harbor/docker_container.proxy.ports publishes metrics (port 9090) on every address',
      'public metrics',
      (c) => (c['proxy'].ports = [{ internal: 9090, external: 9090 }]),
    ],
    [
      'HP033 edge/docker_container.traefik.entrypoint routes to Harbor’s metrics',
      'a route to metrics',
      (c) => c['traefik'].entrypoint.push('url: http://proxy:9090'),
      'edge',
    ],
    [
      'HP034 edge/resource.docker_container.traefik.mounts[0].source uses the socket of a container runtime',
      'the socket',
      (c) => c['traefik'].mounts.unshift({ source: '/var/run/docker.sock', target: '/s', read_only: true }),
      'edge',
    ],
    [
      'HP035 edge/docker_container.traefik.command sets --api.insecure=true',
      'the open API',
      (c) => c['traefik'].command.push('--api.insecure'),
      'edge',
    ],
    [
      'HP036 harbor/docker_container.postgresql.ports publishes port 5432 on every address',
      'a published database',
      (c) => (c['postgresql'].ports = [{ internal: 5432, external: 5432 }]),
    ],
    [
      'HP036 edge/docker_container.traefik.command exposes every container',
      'exposedByDefault',
      (c) => c['traefik'].command.push('--providers.docker=true'),
      'edge',
    ],
    [
      'HP037 edge/docker_container.traefik keeps its certificates at /acme/acme.json, which is deleted with the container',
      'a store in the container',
      (c) => (c['traefik'].mounts = []),
      'edge',
    ],
    [
      'HP037 edge/docker_container.traefik.command uses https://acme-staging',
      'a staging authority',
      (c) =>
        c['traefik'].command.push(
          '--certificatesResolvers.acme.acme.caServer=https://acme-staging-v02.api.letsencrypt.org/directory',
        ),
      'edge',
    ],
    [
      'HP036 edge/docker_container.traefik.ports publishes port 8082 on every address',
      'a port that is neither HTTP nor HTTPS',
      (c) => c['traefik'].ports.push({ internal: 8082, external: 8082 }),
      'edge',
    ],
    [
      'HP037 edge/docker_container.traefik.command lets every client claim any address',
      'a proxy that everybody can be',
      (c) => c['traefik'].command.push('--entryPoints.websecure.forwardedHeaders.trustedIPs=10.0.0.0/8,0.0.0.0/0'),
      'edge',
    ],
    [
      'HP037 edge/docker_container.traefik.command lets every client claim any address',
      'a PROXY protocol that everybody can speak',
      (c) => c['traefik'].command.push('--entryPoints.web.proxyProtocol.insecure'),
      'edge',
    ],
    [
      'HP037 edge/docker_container.traefik.entrypoint accepts TLS older than 1.2',
      'old TLS',
      (c) =>
        (c['traefik'].entrypoint = c['traefik'].entrypoint.map((w: string) =>
          w.replace('VersionTLS12', 'VersionTLS10'),
        )),
      'edge',
    ],
    [
      'HP037 edge/docker_container.traefik.entrypoint does not redirect',
      'no redirect',
      (c) => (c['traefik'].entrypoint = c['traefik'].entrypoint.map((w: string) => w.replace('redirectScheme', 'x'))),
      'edge',
    ],
    ['HP038 harbor/docker_container.core is privileged', 'privileged', (c) => (c['core'].privileged = true)],
    [
      "HP038 harbor/docker_container.core shares the host's network namespace",
      'the host network',
      (c) => (c['core'].network_mode = 'host'),
    ],
    [
      'HP038 harbor/docker_container.core keeps capabilities',
      'capabilities',
      (c) => (c['core'].capabilities = { add: ['CAP_NET_ADMIN'] }),
    ],
    ['HP038 harbor/docker_container.core can gain privileges', 'setuid', (c) => (c['core'].security_opts = [])],
    ['HP038 harbor/docker_container.core may use all memory', 'no limit', (c) => delete c['core'].memory],
    [
      'HP039 harbor/docker_container.core.image goharbor/harbor-core:v2.15.2 has no digest',
      'a tag alone',
      (c) => (c['core'].image = 'goharbor/harbor-core:v2.15.2'),
    ],
    [
      'HP039 harbor/docker_container.core.image a@sha256:',
      'a digest alone',
      (c) => (c['core'].image = `a@sha256:${'a'.repeat(64)}`),
    ],
    [
      'HP003 harbor/helm_release.h does not set existingSecretSecretKey',
      'a chart with its default secretkey',
      (_c, s) => (s['resource'].helm_release = { h: release({ existingSecretSecretKey: '' }) }),
    ],
    [
      'HP002 harbor/helm_release.h does not set database.external.existingSecret',
      'a chart with its default password',
      (_c, s) => (s['resource'].helm_release = { h: release({ database: { external: { existingSecret: null } } }) }),
    ],
    [
      'HP004 harbor/helm_release.h does not set registry.credentials.existingSecret',
      'a chart with its default login of the registry',
      (_c, s) => (s['resource'].helm_release = { h: release({ registry: { credentials: { existingSecret: null } } }) }),
    ],
    [
      'HP038 harbor/helm_release.h.containerSecurityContext.runAsNonRoot is weaker',
      'root in pods',
      (_c, s) => (s['resource'].helm_release = { h: release({ containerSecurityContext: { runAsNonRoot: false } }) }),
    ],
    [
      'HP038 harbor/helm_release.h.containerSecurityContext.privileged is weaker',
      'a context that is taken away',
      (_c, s) => (s['resource'].helm_release = { h: release({ containerSecurityContext: null }) }),
    ],
    [
      'HP039 harbor/helm_release.h.core.image goharbor/core:dev has no digest',
      'a tag in values',
      (_c, s) => (s['resource'].helm_release = { h: release({ core: { image: { tag: 'dev' } } }) }),
    ],
    [
      'HP055 harbor/helm_release.h core: its budget lets no pod be evicted',
      'a budget that blocks a drain',
      (_c, s) =>
        (s['resource'].helm_release = { h: release({ core: { podDisruptionBudget: { minAvailable: '100%' } } }) }),
    ],
    [
      'HP055 harbor/kubernetes_pod_disruption_budget_v1.b its budget',
      'a budget of none',
      (_c, s) => (s['resource'].kubernetes_pod_disruption_budget_v1 = { b: { spec: [{ max_unavailable: '0' }] } }),
    ],
  ])('find %s', (expected, _what, change, of = 'harbor') => {
    const found = edited(change, of);
    expect(found.filter((line) => line.startsWith(expected.slice(0, 5))).join('\n')).toContain(expected);
    expect(new Set(found.map((line) => line.slice(0, 5)))).toEqual(new Set([expected.slice(0, 5)]));
  });

  it('are suppressed by a waiver until its last day, and an unused waiver is reported', () => {
    const findings = checkRules(stacks({ edge: { certificate: { self_signed: true } } }));
    expect(findings.map(({ rule }) => rule)).toEqual(['HP037']);
    const waiver = {
      rule: 'HP037',
      object: 'edge/docker_container.traefik',
      reason: 'a lab',
      owner: 'ops',
      expires: '2027-03-01',
    };
    expect(waive(findings, [waiver], '2027-03-01')).toMatchObject({ open: [], waived: [{ by: waiver }], idle: [] });
    expect(waive(findings, [waiver], '2027-03-02')).toMatchObject({ open: findings, idle: [{ because: 'expired' }] });
    const other = { ...waiver, rule: 'HP039' };
    expect(waive(findings, [other], '2026-01-01')).toMatchObject({
      open: findings,
      idle: [{ because: 'nothing found' }],
    });
  });

  it.each([
    ['harbor/docker_container.registry', true],
    ['harbor/docker_container', true],
    ['harbor/docker_container.', true],
    ['harbor', true],
    ['harbor/docker_container.registry.env', false],
    ['harbor/docker_container.reg', false],
    ['harbor/docker', false],
    ['har', false],
  ])('a waiver for %s covers whole parts of an address only', (object, covers) => {
    const finding = { rule: 'HP036', severity: 'high', message: 'm', hint: 'h' } as const;
    const addresses = ['harbor/docker_container.registry', 'harbor/docker_container.registryctl', 'harbor2/x'];
    const findings = addresses.map((address) => ({ ...finding, address }));
    const waiver = { rule: 'HP036', object, reason: 'a lab', owner: 'ops', expires: '2027-03-01' };
    const { waived } = waive(findings, [waiver], '2026-01-01');
    expect(waived.some((one) => one.finding.address === addresses[0])).toBe(covers);
    if (object.endsWith('.registry')) expect(waived.map((one) => one.finding.address)).toEqual([addresses[0]]);
    expect(waived.every((one) => !one.finding.address.startsWith('harbor2'))).toBe(true);
  });
});

import { join } from 'node:path';
import { conformanceTarget } from '../../../src/app/conformance-target';
import type { ProjectTarget } from '../../../src/conformance';
import { loadDeclaration } from '../../../src/declaration/load';
import { kinds } from '../../../src/kinds';
import { directoryWith } from '../../support/cli';

/** What the runner is told of the only project. */
async function targetOf(
  registry: string,
  project: string,
  proof = 'pull: [library/alpine:3.20]',
): Promise<ProjectTarget | undefined> {
  const text = `
harbor: { url: 'https://harbor.example.com', username: admin, password: { env: HARBOR_PASSWORD } }
registries: { up: { ${registry} } }
projects: { proxy: { registry: up, ${project} conformance: { ${proof} } } }
`;
  const policies = join(directoryWith({ 'policies/harbor.yaml': text }), 'policies');
  const { declaration, diagnostics } = await loadDeclaration({ directory: policies, kinds });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const secret = async (): Promise<string> => '';
  const harbor = declaration!.harbor!;
  return conformanceTarget({ declaration: declaration!, harbor, secret, only: [] }).projects[0];
}

const OWN = 'type: docker-registry, url: https://registry.example.com';

it.each<[registry: string, project: string, told: Partial<ProjectTarget>]>([
  ['type: docker-hub', '', { registryType: 'docker-hub' }],
  [OWN, 'max_upstream_conn: 8,', { registryType: 'docker-registry', maxUpstreamConnections: 8 }],
  [
    OWN,
    "proxy_cache_filter_pattern: 'library/**', proxy_cache_filter_kind: doublestar,",
    { repositoryFilter: { pattern: 'library/**', kind: 'doublestar' } },
  ],
  [
    OWN,
    "proxy_cache_filter_pattern: 'library/.*', proxy_cache_filter_kind: regex,",
    { repositoryFilter: { pattern: 'library/.*', kind: 'regex' } },
  ],
])('{ %s } and { %s } are passed to the runner', async (registry, project, told) => {
  expect(await targetOf(registry, project)).toMatchObject(told);
});

it('contains nothing that is not declared', async () => {
  const told = await targetOf(OWN, '');
  expect(told).not.toHaveProperty('maxUpstreamConnections');
  expect(told).not.toHaveProperty('repositoryFilter');
});

it.each<[registry: string, declared: string, pulled: string]>([
  ['type: docker-hub', 'nginx:1.27', 'library/nginx:1.27'],
  ['type: docker-hub', 'grafana/grafana:11', 'grafana/grafana:11'],
  [OWN, 'nginx:1.27', 'nginx:1.27'],
])('behind { %s } %s is pulled as %s: Harbor stores it under that name', async (registry, declared, pulled) => {
  expect(await targetOf(registry, '', `pull: ['${declared}']`)).toMatchObject({ images: [pulled] });
});

it('what prevent_vul has to refuse and to let pass has the same names', async () => {
  const proof = "pull: [], vulnerability: { refused: ['debian:8'], allowed: ['grafana/grafana:11'] }";
  expect(await targetOf('type: docker-hub', 'prevent_vul: true, severity: high,', proof)).toMatchObject({
    vulnerability: { refused: ['library/debian:8'], unscanned: [], allowed: ['grafana/grafana:11'] },
  });
});

it('a robot is allowed every declared action that a registry token names', async () => {
  const access = ['pull', 'push', 'delete', 'read'].map((action) => `{ resource: repository, action: ${action} }`);
  const robots = `robots: { puller: { duration: -1, secret: { env: SECRET }, access: [${access.join(', ')}] } },`;
  const told = await targetOf(OWN, robots);
  expect(told?.pullCredential?.actions).toEqual(['pull', 'push', 'delete']);
});

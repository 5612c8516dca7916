import { join } from 'node:path';
import { conformanceTarget } from '../../../src/cli/conformance-target';
import type { ProjectTarget } from '../../../src/conformance';
import { loadDeclaration } from '../../../src/declaration/load';
import { kinds } from '../../../src/kinds';
import { directoryWith } from '../../support/cli';

/** What the runner is told of the only project. */
async function targetOf(registry: string, project: string): Promise<ProjectTarget | undefined> {
  const text = `
harbor: { url: 'https://harbor.example.com', username: admin, password: { env: HARBOR_PASSWORD } }
registries: { up: { ${registry} } }
projects: { proxy: { registry: up, ${project} conformance: { pull: ['library/alpine:3.20'] } } }
`;
  const policies = join(directoryWith({ 'policies/harbor.yaml': text }), 'policies');
  const { declaration, diagnostics } = await loadDeclaration({ directory: policies, kinds });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const resolve = async (): Promise<string> => '';
  const harbor = declaration!.harbor!;
  return conformanceTarget({ declaration: declaration!, harbor, resolve, only: [], policies }).projects[0];
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
])('{ %s } and { %s } are told to the runner', async (registry, project, told) => {
  expect(await targetOf(registry, project)).toMatchObject(told);
});

it('tells nothing of what is not declared', async () => {
  const told = await targetOf(OWN, '');
  expect(told).not.toHaveProperty('maxUpstreamConnections');
  expect(told).not.toHaveProperty('repositoryFilter');
});

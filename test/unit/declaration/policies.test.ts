import { join } from 'node:path';
import { loadDeclaration } from '../../../src/declaration/load';
import { kinds } from '../../../src/kinds';

const directory = join(__dirname, '../../../policies');

describe('the shipped policies', () => {
  const loaded = loadDeclaration({ directory, kinds });

  it('have no finding, not even a warning', async () => {
    expect((await loaded).diagnostics).toEqual([]);
  });

  it('cache the registries that people need, in public', async () => {
    const { declaration } = await loaded;
    const projects = declaration?.objects
      .filter(({ kind }) => kind === 'project')
      .map(({ spec }) => spec as Record<string, unknown>);
    const isPublic = projects?.filter((spec) => spec['public'] === true).map((spec) => spec['name']);
    expect(isPublic).toEqual([
      'proxy.docker.io',
      'proxy.gcr.io',
      'proxy.ghcr.io',
      'proxy.quay.io',
      'proxy.registry.k8s.io',
    ]);
    expect(projects?.every((spec) => typeof spec['registry'] === 'string')).toBe(true);
  });

  it('give each project a quota, a retention and something to prove it by', async () => {
    const { declaration } = await loaded;
    const names = declaration?.objects.filter(({ kind }) => kind === 'project').map(({ identity }) => identity);
    for (const kind of ['quota', 'retention']) {
      expect(declaration?.objects.filter((object) => object.kind === kind).map(({ identity }) => identity)).toEqual(
        names,
      );
    }
    expect(declaration?.conformance.map(({ project }) => project)).toEqual(names);
    expect(declaration?.conformance.every(({ platforms }) => platforms.join() === 'linux/amd64,linux/arm64')).toBe(
      true,
    );
  });

  it('say where each image of a proof is declared', async () => {
    const { declaration } = await loaded;
    for (const { pull, pullAt, at } of declaration!.conformance) {
      expect(pullAt.map(({ file }) => file)).toEqual(pull.map(() => at.file));
      expect(pullAt.every(({ line }) => line >= at.line)).toBe(true);
    }
  });

  it('name every secret by its environment variable', async () => {
    const { declaration } = await loaded;
    expect(declaration?.secrets?.map(({ reference }) => Object.entries(reference).join())).toEqual(
      expect.arrayContaining([
        'env,HARBOR_PASSWORD',
        'env,DOCKERHUB_TOKEN',
        'env,OIDC_CLIENT_SECRET',
        'env,CLUSTERS_ROBOT_SECRET',
      ]),
    );
  });
});

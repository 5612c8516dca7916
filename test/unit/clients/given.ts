import type { Client, ClientFile, Facts, FoundFile, RenderInput } from '../../../src/clients';
import { withDefaults } from '../../../src/clients/support/options';

export const PEM = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUTEST\n-----END CERTIFICATE-----\n';

/** A cache of four registries: one with a mirror domain, one with a port, one that is private. */
export const given: Omit<RenderInput, 'options'> = {
  name: 'nodes',
  profile: 'fallback',
  harborUrl: 'https://harbor.corp.test',
  upstreams: [
    { registry: 'docker.io', project: 'proxy.docker.io', isPublic: true, mirrors: ['hub.corp.test'] },
    { registry: 'ghcr.io', project: 'proxy.ghcr.io', isPublic: true, mirrors: [] },
    { registry: 'quay.io', project: 'proxy.quay.io', isPublic: true, mirrors: [] },
    { registry: 'registry.corp.test:5000', project: 'inner', isPublic: false, mirrors: [] },
  ],
  robot: { username: 'robot$nodes', secret: 'S3cret-of-the-robot' },
  ca: PEM,
};

export function inputFor(client: Client, more: Partial<RenderInput> = {}): RenderInput {
  return { ...given, ...more, options: withDefaults(client.options, more.options ?? {}) };
}

/** What a machine with this input is known to be. */
export function factsOf(input: RenderInput, more: Partial<Facts> = {}): Facts {
  const { harborUrl, upstreams, profile } = input;
  return { harborUrl, upstreams, profile, ...more };
}

export function foundFiles(files: readonly ClientFile[]): FoundFile[] {
  return files.map(({ path, content, mode }) => ({ path, content, mode }));
}

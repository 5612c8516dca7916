import type { RenderInput, Upstream } from '../../../src/clients';

/** What a client is rendered for, with one registry behind one Harbor. */
export function rendering(host: string, upstream: Partial<Upstream>, more: Partial<RenderInput> = {}): RenderInput {
  const whole = { registry: 'docker.io', project: 'proxy', isPublic: true, mirrors: [], ...upstream };
  return { name: 'test', profile: 'fallback', harborUrl: `https://${host}`, upstreams: [whole], options: {}, ...more };
}

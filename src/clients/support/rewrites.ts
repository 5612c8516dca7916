import type { RenderInput } from '../client';
import { projectPath } from './rendering';

/** One form of an image name, and its name through the cache. RE2 syntax, which every engine here supports. */
export interface Rewrite {
  readonly name: string;
  /** Anchored at both ends. */
  readonly pattern: string;
  /** With `$1`, `$2`. */
  readonly replacement: string;
}

/** Tag and digest, unchanged. */
const REST = '((?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?(?:@sha256:[a-f0-9]{64})?)';
const COMPONENT = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*';
/** The first component of a name without a host: with a dot or a colon it would be a host. */
const NAMESPACE = '[a-z0-9]+(?:[_-]+[a-z0-9]+)*';

/**
 * Every form in which images of the declared registries can be written. Docker Hub has four: `nginx`, `library/nginx`,
 * `docker.io/nginx` and `org/app`; official images are below `library/` in the cache.
 * No name matches two of them, so the order does not matter and a rewritten name is not rewritten again:
 *
 *     nginx:1.27, docker.io/nginx             ──► HARBOR/proxy/library/nginx:1.27      docker-io-official
 *     org/app, docker.io/org/app@sha256:…     ──► HARBOR/proxy/org/app@sha256:…        docker-io
 *     ghcr.io/org/app                         ──► HARBOR/proxy.ghcr.io/org/app         ghcr-io
 *     other.example.com/app, HARBOR/x/app     ──► unchanged: the first part is a host
 */
export function rewrites(input: RenderInput): Rewrite[] {
  return input.upstreams.flatMap((upstream) => {
    const path = projectPath(input, upstream);
    const host = escaped(upstream.registry);
    if (upstream.registry !== 'docker.io')
      return [{ name: slug(upstream.registry), pattern: `^${host}/(.+)$`, replacement: `${path}/$1` }];
    const official = {
      pattern: `^(?:(?:index\\.)?docker\\.io/)?(${COMPONENT})${REST}$`,
      replacement: `${path}/library/$1$2`,
    };
    const others = {
      pattern: `^(?:(?:index\\.)?docker\\.io/)?(${NAMESPACE}(?:/${COMPONENT})+)${REST}$`,
      replacement: `${path}/$1$2`,
    };
    return [
      { name: 'docker-io-official', ...official },
      { name: 'docker-io', ...others },
    ];
  });
}

/** For RE2 and JavaScript: in a host name the dot is the character that matters. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function slug(registry: string): string {
  return registry.replace(/[^a-z0-9]+/g, '-');
}

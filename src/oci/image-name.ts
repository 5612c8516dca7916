import { compact } from '../compact';
import type { Parsed } from './reference';

/**
 * An image name as clients read it: `nginx` is `docker.io/library/nginx`. Unlike `Image`, it contains the registry, and
 * may lack both tag and digest: clients then use `latest`.
 */
export interface ImageName {
  /** Host and, if written, port; `docker.io` also for `index.docker.io` or a missing host. */
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
  /** The host as written; absent for a short name, such as `nginx`. */
  readonly writtenHost?: string;
}

const DOCKER_HUB = 'docker.io';
/** Docker treats this host as Docker Hub, and no other name of it. */
const LEGACY_HOST = 'index.docker.io';

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = new RegExp(`^(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };
const IDENTIFIER = /^[a-f0-9]{64}$/;
const MAX_REPOSITORY_LENGTH = 255;

/** Parses `[host[:port]/]path[:tag][@digest]` with the grammar of the distribution project, as Docker normalizes it. */
export function parseImageName(text: string): Parsed<ImageName> {
  const { name, tag, digest } = splitImageName(text);
  if (name === '') return { problem: `"${text}" has no repository name` };
  if (IDENTIFIER.test(name)) return { problem: `"${name}" is an image ID, not a name` };
  if (tag !== undefined && !TAG.test(tag)) return { problem: `"${tag}" is not a valid tag` };
  const wrong = digest === undefined ? undefined : digestProblem(digest);
  if (wrong !== undefined) return { problem: wrong };
  const { host, path } = splitHost(name);
  if (host !== undefined && !HOST.test(host)) return { problem: `"${host}" is not a valid host name` };
  if (!path.split('/').every((component) => COMPONENT.test(component)))
    return {
      problem: /[A-Z]/.test(path)
        ? `"${path}" contains upper case; repository names are lower case`
        : `"${path}" is not a valid repository name`,
    };
  if (path.length > MAX_REPOSITORY_LENGTH)
    return { problem: `the repository name is longer than ${MAX_REPOSITORY_LENGTH} characters` };
  return {
    value: compact({
      ...withRegistry(host, path),
      tag,
      digest,
      writtenHost: host,
    }),
  };
}

/** Splits a name into its parts without validating them. */
export function splitImageName(text: string): { name: string; tag?: string; digest?: string } {
  const at = text.indexOf('@');
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  // A colon before the last slash belongs to the port of a host.
  const isTagged = colon > named.lastIndexOf('/');
  return compact({
    name: isTagged ? named.slice(0, colon) : named,
    tag: isTagged ? named.slice(colon + 1) : undefined,
    digest: at !== -1 ? text.slice(at + 1) : undefined,
  });
}

/** The first component is a host if it has a dot, a port or upper case, or is `localhost`. */
export function splitHost(name: string): { host?: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  return isHost ? { host: first, path: name.slice(slash + 1) } : { path: name };
}

/** The full name: `docker.io/library/nginx:1.27`. */
export function formatImageName({ registry, repository, tag, digest }: ImageName): string {
  const name = `${registry}/${repository}`;
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** Only Docker Hub has `library/`: another registry would look for a repository of that name. */
function withRegistry(host: string | undefined, path: string): Pick<ImageName, 'registry' | 'repository'> {
  const registry = host === undefined || host === LEGACY_HOST ? DOCKER_HUB : host;
  const isOfficial = registry === DOCKER_HUB && !path.includes('/');
  return { registry, repository: isOfficial ? `library/${path}` : path };
}

function digestProblem(digest: string): string | undefined {
  const [algorithm = '', hex = ''] = digest.split(':');
  if (!DIGEST.test(digest)) return `"${digest}" is not a valid digest (sha256:<64 hex digits>)`;
  const length = DIGEST_LENGTHS[algorithm];
  if (length === undefined) return `"${algorithm}" is not a supported digest algorithm`;
  return hex.length === length ? undefined : `"${digest}" is not a valid digest: ${algorithm} has ${length} hex digits`;
}

import { badRequest, notFound } from '../errors';

/** What a path below a repository names. `tags` and `referrers` are lists. */
export type RepositoryTarget = 'manifest' | 'tags' | 'upload' | 'blob' | 'referrers';

/** What a `/v2/` path names. `unknown`: matches none of Harbor's patterns. */
export type RegistryPath =
  | { readonly kind: 'base' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'unknown' }
  | RepositoryPath;

/** `repository` includes the project. Neither is known to exist. */
export interface RepositoryPath {
  readonly kind: RepositoryTarget;
  readonly repository: string;
  readonly project: string;
  /** A tag, a digest or the id of an upload; '' for a list and for starting an upload. */
  readonly reference: string;
  /** Source of a cross-repository mount. */
  readonly mountFrom?: string;
}

// distribution's reference.NameRegexp: an optional domain, then path components in lower case.
const DOMAIN =
  '(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?/)?';
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*';
const NAME = `(${DOMAIN}${COMPONENT}(?:/${COMPONENT})*)`;
const LOOSE_DIGEST = '[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+';

const PATTERNS: readonly (readonly [RepositoryTarget, RegExp])[] = [
  ['manifest', new RegExp(`^/v2/${NAME}/manifests/(.*)$`)],
  ['tags', new RegExp(`^/v2/${NAME}/tags/list()`)],
  ['blob', new RegExp(`^/v2/${NAME}/blobs/(${LOOSE_DIGEST})$`)],
  ['upload', new RegExp(`^/v2/${NAME}/blobs/uploads/?([a-zA-Z0-9\\-_.=]*)[/a-zA-Z0-9\\-_.=]*$`)],
  ['referrers', new RegExp(`^/v2/${NAME}/referrers/(.*)$`)],
];

/**
 * Reads a path as Harbor's artifactinfo middleware does.
 * @throws HarborError 400 for a repository without a project, 404 for a reference that is neither tag nor digest
 */
export function parseRegistryPath(path: string, query: URLSearchParams): RegistryPath {
  if (path === '/v2/') return { kind: 'base' };
  if (/^\/v2\/_catalog(\/.*)?$/.test(path)) return { kind: 'catalog' };
  for (const [kind, pattern] of PATTERNS) {
    const match = pattern.exec(path);
    if (match) return repositoryPath(kind, match[1] ?? '', match[2] ?? '', query);
  }
  return { kind: 'unknown' };
}

/** @throws HarborError 404 for a reference without a letter or digit */
function repositoryPath(
  kind: RepositoryTarget,
  repository: string,
  reference: string,
  query: URLSearchParams,
): RepositoryPath {
  const takesReference = kind === 'manifest' || kind === 'referrers';
  if (takesReference && reference !== '' && !/\w/.test(reference)) throw notFound('invalid reference format');
  const project = projectOf(repository);
  const from = kind === 'upload' ? query.get('from') : null;
  if (!from) return { kind, repository, project, reference };
  projectOf(from);
  return { kind, repository, project, reference, mountFrom: from };
}

/**
 * The first part of the name.
 * @throws HarborError 400 for a name without a slash: every repository of Harbor is in a project
 */
export function projectOf(repository: string): string {
  const slash = repository.indexOf('/');
  if (slash < 0) throw badRequest(`bad request: invalid repository name: ${repository}`);
  return repository.slice(0, slash);
}

import type { IncomingHttpHeaders } from 'node:http';
import { callerName, parseBasic, resolveCaller } from '../access/caller';
import type { Context } from '../context';
import { HarborError } from '../errors';
import { isSysadmin, mayInProject, mayInSystem } from '../access/permissions';
import type { ProjectRow } from '../store/rows';
import type { RegistryPath } from './registry-path';
import { projectOf } from './registry-path';
import type { TokenAccess } from '../context/token-service';
import { API_VERSION } from './wire';

/** `scanner-pull`: only robots of scanners have it, not even an admin. */
export type RegistryAction = 'pull' | 'push' | 'delete' | 'scanner-pull';

/** The caller on the registry side: a user or robot with Basic, or the owner of a bearer token. */
export interface Subject {
  /** '' for anonymous. */
  readonly name: string;
  readonly sysadmin: boolean;
  readonly mayReadCatalog: boolean;
  readonly byToken?: true;
  can(project: ProjectRow, action: RegistryAction): boolean;
}

/** A client's clock may be so far off (src/common, JwtLeeway). */
const LEEWAY_MS = 60_000;

/** Basic credentials and sessions. Wrong ones count as anonymous, as everywhere in Harbor. */
export async function basicSubject(context: Context, headers: IncomingHttpHeaders): Promise<Subject> {
  const caller = await resolveCaller(context, headers);
  return {
    name: callerName(caller),
    sysadmin: isSysadmin(caller),
    mayReadCatalog: mayInSystem(caller, 'catalog', 'read'),
    can: (project, action) =>
      action !== 'scanner-pull' && mayInProject(context.store, caller, project, 'repository', action),
  };
}

/**
 * First match wins: the bearer token, then `basicSubject`.
 * A token that is invalid, expired or older than its project is not an error. The caller is then anonymous, and
 * the access check asks for a login.
 */
export async function resolveSubject(
  context: Context,
  path: RegistryPath,
  headers: IncomingHttpHeaders,
): Promise<Subject> {
  const scanner = scannerSubject(context, headers);
  if (scanner) return scanner;
  const token = /^bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1];
  const claims = token === undefined ? undefined : await context.tokens.verify(token);
  if (claims && issuedAfterCreation(context, path, claims.iat)) return tokenSubject(claims.sub ?? '', claims.access);
  return basicSubject(context, parseBasic(headers.authorization) ? headers : { ...headers, authorization: undefined });
}

/** The robot of a scan; undefined for every other caller. */
export function scannerSubject({ store }: Context, headers: IncomingHttpHeaders): Subject | undefined {
  const credential = store.scanPasses.size > 0 ? parseBasic(headers.authorization) : undefined;
  const project = credential && store.scanPasses.get(credential.password);
  if (project === undefined) return undefined;
  return {
    name: 'scanner',
    sysadmin: false,
    mayReadCatalog: false,
    can: ({ name }, action) => name === project && (action === 'pull' || action === 'scanner-pull'),
  };
}

/** Only the project of each access counts, and the last access of a project wins (security/v2token). */
function tokenSubject(name: string, access: readonly TokenAccess[]): Subject {
  const actions = new Map(
    access
      .filter((entry) => entry.type === 'repository')
      .map((entry) => [entry.name.split('/')[0], new Set(entry.actions)] as const),
  );
  return {
    name,
    sysadmin: false,
    mayReadCatalog: false,
    byToken: true,
    can: (project, action) => {
      const granted = actions.get(project.name);
      return granted !== undefined && (granted.has(action) || (action !== 'scanner-pull' && granted.has('*')));
    },
  };
}

/** A token for a deleted project must not be valid for a new project of the same name. */
function issuedAfterCreation({ store }: Context, path: RegistryPath, issuedAt: number): boolean {
  if (!('repository' in path)) return true;
  const names = path.mountFrom === undefined ? [path.project] : [path.project, projectOf(path.mountFrom)];
  return names.every((name) => {
    const project = store.projects.find('name', name);
    return project !== undefined && issuedAt * 1000 + LEEWAY_MS >= project.creationTime;
  });
}

/** What the access check reads of a request, so that it can be tested without a server. */
export interface AccessRequest {
  readonly method: string;
  /** As in the request, for messages. */
  readonly rawPath: string;
  readonly path: RegistryPath;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Accepts or refuses the request as Harbor's v2auth middleware does: 401 for everything, with a challenge that depends
 * on whether credentials were sent.
 *
 *     GET /v2/                         anonymous ──► 401 Bearer        known ──► {}
 *     GET /v2/_catalog                 without catalog:read ──► 401 Basic
 *     GET or HEAD without credentials  401 Bearer, also in a public project and also if the project is missing
 *     anything else
 *       project missing                401, without a usable challenge
 *       not permitted                  401 Bearer, or Basic if a credential was sent
 *
 * It is 401 and never 403: a client that sent a credential and gets 401 lacks the permission, or its credential
 * is wrong.
 * @throws HarborError 401
 */
export function checkAccess(context: Context, subject: Subject, request: AccessRequest): void {
  const { path, method, rawPath } = request;
  const needed = neededAccess(path, method);
  const refuse = (message: string): HarborError => unauthorized(message, challenge(context, request, needed));
  if (path.kind === 'base') {
    if (subject.name === '') throw refuse('unauthorized');
    return;
  }
  if (path.kind === 'catalog') {
    if (!subject.mayReadCatalog) throw refuse('unauthorized to list catalog');
    return;
  }
  if (needed.length === 0) throw unauthorized(`un-recognized request: ${method} ${rawPath}`, '');
  for (const { repository, action } of needed) {
    if (!request.headers.authorization && (method === 'GET' || method === 'HEAD')) {
      throw refuse('authorize header needed to send HEAD to repository');
    }
    const project = context.store.projects.find('name', projectOf(repository));
    if (!project) throw unauthorized(`project ${projectOf(repository)} not found`, '');
    if (!subject.can(project, action)) {
      throw refuse(`unauthorized to access repository: ${repository}, action: ${action}`);
    }
  }
}

interface NeededAccess {
  readonly repository: string;
  readonly action: RegistryAction;
}

const ACTION_OF: Readonly<Record<string, RegistryAction>> = {
  GET: 'pull',
  HEAD: 'pull',
  POST: 'push',
  PATCH: 'push',
  PUT: 'push',
  DELETE: 'delete',
};

/**
 * A mount needs pull in the source as well. Paths without a repository need nothing here: their handlers check.
 */
function neededAccess(path: RegistryPath, method: string): NeededAccess[] {
  const action = ACTION_OF[method];
  if (!('repository' in path) || action === undefined) return [];
  const own = { repository: path.repository, action };
  if (method !== 'POST' || path.mountFrom === undefined) return [own];
  return [own, { repository: path.mountFrom, action: 'pull' }];
}

/**
 * A client that already sent a login gets Basic instead of a realm, and so does one that asks for the catalog.
 */
function challenge(context: Context, { headers, path }: AccessRequest, needed: readonly NeededAccess[]): string {
  if (headers.authorization || path.kind === 'catalog') return 'Basic realm="harbor"';
  const scope = needed.map(({ repository, action }) => `repository:${repository}:${scopeActions(action)}`).join(' ');
  const realm = `${new URL(context.externalUrl()).protocol}//${headers.host ?? ''}/service/token`;
  return `Bearer realm="${realm}",service="harbor-registry"` + (scope === '' ? '' : `,scope="${scope}"`);
}

function scopeActions(action: RegistryAction): string {
  return action === 'push' ? 'pull,push' : action;
}

/** The message is doubled: Harbor wraps the error and repeats it as its own message. */
function unauthorized(message: string, challengeText: string): HarborError {
  return new HarborError('UNAUTHORIZED', `${message}: ${message}`, {
    ...API_VERSION,
    'www-authenticate': challengeText,
  });
}
